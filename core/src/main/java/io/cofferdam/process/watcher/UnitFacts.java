package io.cofferdam.process.watcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a stored environment says of itself, as far as its end goes. There is no reader of JSON here, and none is needed:
 * quotes inside of values are escaped, and no key of a caller begins like ours, so a key of ours is found as text.
 *
 * @param json the content of the file
 */
record UnitFacts(String json) {

    private static final String LABEL = "io.cofferdam.";

    static Optional<UnitFacts> read(Path file) {
        try {
            return Optional.of(new UnitFacts(Files.readString(file, StandardCharsets.UTF_8)));
        } catch (IOException none) {
            return Optional.empty();
        }
    }

    /** The name that it has claimed; the first key of that name is ours. */
    String engineName() {
        return value("engineName").orElse("");
    }

    String environment() {
        return label("environment");
    }

    String label(String name) {
        return value(LABEL + name).orElse("");
    }

    private Optional<String> value(String key) {
        Matcher matcher = Pattern.compile("(?<!\\\\)\"" + Pattern.quote(key) + "\":\"([^\"\\\\]*)\"")
                .matcher(json);
        return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** The volumes it has mounted. */
    List<String> volumes() {
        List<String> volumes = new ArrayList<>();
        Matcher matcher =
                Pattern.compile("(?<!\\\\)\"volume\":\"([^\"\\\\]*)\"").matcher(json);
        while (matcher.find()) {
            volumes.add(matcher.group(1));
        }
        return volumes;
    }
}
