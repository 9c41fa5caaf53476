package io.cofferdam.examples.cli;

import io.cofferdam.environment.Mount;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code SRC:DST[:ro]}, where a source with a slash or a leading dot is a host path and any other a named volume. */
final class VolumeText {

    private static final Pattern FORM = Pattern.compile("(?<source>[^:]+):(?<target>/[^:]*)(?::(?<mode>rw|ro))?");

    private VolumeText() {}

    static Optional<Mount> parse(String text, List<Problem> problems) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            problems.add(new Problem(
                    "--volume " + text,
                    "it is no mount",
                    "write SRC:DST or SRC:DST:ro, with an absolute path inside as DST"));
            return Optional.empty();
        }
        String source = form.group("source");
        String target = form.group("target");
        boolean readOnly = "ro".equals(form.group("mode"));
        boolean path = source.indexOf('/') >= 0 || source.startsWith(".") || source.startsWith("~");
        return Optional.of(
                path ? new Mount.Bind(Path.of(source), target, readOnly) : new Mount.Volume(source, target, readOnly));
    }
}
