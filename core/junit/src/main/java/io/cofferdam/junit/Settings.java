package io.cofferdam.junit;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The configuration of a run: what the platform's configuration parameters say, which are system properties and
 * {@code junit-platform.properties}, and below them {@code cofferdam.properties} on the class path.
 */
final class Settings {

    static final String FILE = "cofferdam.properties";

    private static final String PREFIX = "cofferdam.";
    private static final String ENGINE = "cofferdam.engine";
    private static final String REQUIRED = "cofferdam.required";
    private static final String HOST = "cofferdam.host";
    private static final String STATE = "cofferdam.state";
    private static final String IMAGES = "cofferdam.images";
    private static final String REGISTRY = "cofferdam.registry";
    private static final String PULL = "cofferdam.pull";
    private static final String START = "cofferdam.timeout.start";
    private static final String PULLING = "cofferdam.timeout.pull";
    private static final String CALLS = "cofferdam.timeout.call";
    private static final String KEEP = "cofferdam.keep";
    private static final String REUSE = "cofferdam.reuse";
    private static final String LINES = "cofferdam.report.lines";
    private static final Set<String> KNOWN = new TreeSet<>(
            Set.of(ENGINE, REQUIRED, HOST, STATE, IMAGES, REGISTRY, PULL, START, PULLING, CALLS, KEEP, REUSE, LINES));
    private static final Path OF_ROOT = Path.of("/var/lib/cofferdam");
    private static final int USUAL_LINES = 50;
    private static final int MOST_LINES = 100_000;

    private final Map<String, String> values;
    private final Map<String, String> images;

    private Settings(Map<String, String> values) {
        this.values = values;
        this.images = images(values);
    }

    /**
     * Reads and checks everything at once.
     *
     * @param parameters the platform's configuration parameters
     * @param loader where the file is looked for
     */
    static Settings read(Function<String, Optional<String>> parameters, ClassLoader loader) {
        List<Problem> problems = new ArrayList<>();
        Map<String, String> values = file(loader, problems);
        for (String key : KNOWN) {
            parameters.apply(key).ifPresent(value -> values.put(key, value));
        }
        values.replaceAll((key, value) -> value.strip());
        values.values().removeIf(String::isEmpty);
        check(values, problems);
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the configuration of the tests' environments", problems);
        }
        return new Settings(values);
    }

    private static Map<String, String> file(ClassLoader loader, List<Problem> problems) {
        Map<String, String> values = new LinkedHashMap<>();
        Properties properties = new Properties();
        try (InputStream in = loader.getResourceAsStream(FILE)) {
            if (in != null) {
                properties.load(new InputStreamReader(in, StandardCharsets.UTF_8));
            }
        } catch (IOException e) {
            throw new StorageException("could not read " + FILE + " of the class path: " + e.getMessage(), e);
        }
        for (String key : properties.stringPropertyNames()) {
            if (KNOWN.contains(key)) {
                values.put(key, properties.getProperty(key));
            } else {
                problems.add(new Problem(
                        FILE + ": " + key, "there is no such setting", "there are " + String.join(", ", KNOWN)));
            }
        }
        return values;
    }

    private static void check(Map<String, String> values, List<Problem> problems) {
        for (String key : List.of(START, PULLING, CALLS, KEEP)) {
            if (values.containsKey(key)) {
                try {
                    Durations.parse(key, values.get(key));
                } catch (InvalidInputException unreadable) {
                    problems.addAll(unreadable.problems());
                }
            }
        }
        for (String key : List.of(REQUIRED, REUSE)) {
            if (!Set.of("true", "false").contains(values.getOrDefault(key, "false"))) {
                problems.add(
                        new Problem(key, "'" + values.get(key) + "' is neither true nor false", "write one of them"));
            }
        }
        try {
            PullPolicy.valueOf(values.getOrDefault(PULL, "missing").toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException unknown) {
            problems.add(new Problem(
                    PULL, "'" + values.get(PULL) + "' is no pull policy", "write missing, always or never"));
        }
        String lines = values.getOrDefault(LINES, "0");
        if (!lines.matches("\\d{1,6}") || Integer.parseInt(lines) > MOST_LINES) {
            problems.add(new Problem(LINES, "'" + lines + "' is not between 0 and " + MOST_LINES, "write a number"));
        }
        for (String substitution : substitutions(values)) {
            if (substitution.indexOf('=') < 1 || substitution.endsWith("=")) {
                problems.add(new Problem(
                        IMAGES,
                        "'" + substitution + "' is not of the form IMAGE=IMAGE",
                        "write for example postgres:16=mirror.example/postgres:16, or docker.io/*=mirror.example/*"));
            }
        }
    }

    private static List<String> substitutions(Map<String, String> values) {
        List<String> all = new ArrayList<>();
        for (String part : values.getOrDefault(IMAGES, "").split(",", -1)) {
            if (!part.isBlank()) {
                all.add(part.strip());
            }
        }
        return all;
    }

    private static Map<String, String> images(Map<String, String> values) {
        Map<String, String> images = new LinkedHashMap<>();
        for (String substitution : substitutions(values)) {
            int equals = substitution.indexOf('=');
            images.put(
                    substitution.substring(0, equals).strip(),
                    substitution.substring(equals + 1).strip());
        }
        return images;
    }

    /** The engine's name; empty for the best there is. */
    String engine() {
        return values.getOrDefault(ENGINE, "");
    }

    /** Whether every engine has to be there, whatever the tests say. */
    boolean allRequired() {
        return Boolean.parseBoolean(values.get(REQUIRED));
    }

    /** Whether environments may be taken from earlier runs. */
    boolean reuses() {
        return Boolean.parseBoolean(values.getOrDefault(REUSE, "true"));
    }

    /** How long the environments of a failed test are kept. */
    Optional<Duration> keep() {
        return duration(KEEP);
    }

    /** How many of the last log lines a report has. */
    int reportLines() {
        return Integer.parseInt(values.getOrDefault(LINES, String.valueOf(USUAL_LINES)));
    }

    Optional<PullPolicy> pullPolicy() {
        return Optional.ofNullable(values.get(PULL)).map(value -> PullPolicy.valueOf(value.toUpperCase(Locale.ROOT)));
    }

    EngineConfig engineConfig() {
        EngineConfig.Builder config = EngineConfig.builder();
        Optional.ofNullable(values.get(HOST)).ifPresent(config::host);
        stateDirectory().ifPresent(config::stateDirectory);
        Optional.ofNullable(values.get(REGISTRY)).ifPresent(config::defaultRegistry);
        duration(START).ifPresent(config::startTimeout);
        duration(PULLING).ifPresent(config::pullTimeout);
        duration(CALLS).ifPresent(config::callTimeout);
        if (!images.isEmpty()) {
            config.imageNames(this::substituted);
        }
        return config.build();
    }

    /** Servers refuse to run as root, and no other user gets into root's home: root's environments lie elsewhere. */
    private Optional<Path> stateDirectory() {
        if (values.containsKey(STATE)) {
            return Optional.of(Path.of(values.get(STATE)));
        }
        return "root".equals(System.getProperty("user.name")) ? Optional.of(OF_ROOT) : Optional.empty();
    }

    private Optional<Duration> duration(String key) {
        return Optional.ofNullable(values.get(key)).map(value -> Durations.parse(key, value));
    }

    /** The first substitution that fits; {@code *} at the end of both sides stands for the rest. */
    String substituted(String image) {
        for (Map.Entry<String, String> entry : images.entrySet()) {
            String from = entry.getKey();
            String to = entry.getValue();
            if (from.equals(image)) {
                return to;
            }
            if (from.endsWith("*") && image.startsWith(from.substring(0, from.length() - 1))) {
                String rest = image.substring(from.length() - 1);
                return to.endsWith("*") ? to.substring(0, to.length() - 1) + rest : to;
            }
        }
        return image;
    }

    /** The settings without the prefix they share, as they would be written in the file. */
    @Override
    public String toString() {
        Map<String, String> shown = new LinkedHashMap<>();
        values.forEach((key, value) -> shown.put(key.substring(PREFIX.length()), value));
        return shown.toString();
    }
}
