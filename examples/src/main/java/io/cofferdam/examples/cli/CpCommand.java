package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Copies files between the host and an environment. */
@Command(
        name = "cp",
        description = {
            "Copies a file or directory into or out of an environment.",
            "A target that ends with / or is an existing local directory takes the source under its own name; any other"
                    + " target is the name the copy gets."
        })
final class CpCommand extends EngineCommand {

    /** A name of an environment, a colon, a path. One letter and a backslash is a drive of Windows. */
    private static final Pattern INSIDE = Pattern.compile("(?<name>[^:/\\\\.][^:/\\\\]*):(?<path>.*)", Pattern.DOTALL);

    @Parameters(index = "0", paramLabel = "FROM", description = "NAME:PATH or a local path")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "NAME:PATH or a local path")
    private String to = "";

    private record Inside(String name, String path) {}

    @Override
    void check() {
        if ((inside(from) == null) == (inside(to) == null)) {
            throw usage("one side has to be inside an environment, as NAME:PATH, and the other one local;"
                    + " write a local path that contains a colon with ./ in front");
        }
        if (inside(from) == null && !Files.exists(Path.of(from), LinkOption.NOFOLLOW_LINKS)) {
            throw usage("there is no '" + Text.visible(from) + "' here to copy");
        }
    }

    @Override
    int run(Orchestrator engine) {
        Inside source = inside(from);
        String copied;
        if (source == null) {
            Inside target = Parts.given(inside(to));
            String path = target.path().endsWith("/") ? target.path() + name(from) : target.path();
            engine.environments().get(target.name()).copyIn(Path.of(from), path);
            copied = target.name() + ":" + path;
        } else {
            boolean into = to.endsWith("/") || Files.isDirectory(Path.of(to));
            Path path = into ? Path.of(to).resolve(name(source.path())) : Path.of(to);
            engine.environments().get(source.name()).copyOut(source.path(), path);
            copied = path.toString();
        }
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("from", from);
            document.put("to", copied);
            print(document);
        }
        return ExitCode.DONE;
    }

    @Nullable
    private static Inside inside(String text) {
        Matcher form = INSIDE.matcher(text);
        boolean drive = text.matches("[A-Za-z]:\\\\.*");
        return form.matches() && !drive ? new Inside(form.group("name"), form.group("path")) : null;
    }

    private String name(String path) {
        Path file = Path.of(path).normalize().getFileName();
        if (file == null || file.toString().isEmpty() || file.toString().equals("..")) {
            throw usage("'" + Text.visible(path) + "' has no name of its own; give the whole target");
        }
        return file.toString();
    }
}
