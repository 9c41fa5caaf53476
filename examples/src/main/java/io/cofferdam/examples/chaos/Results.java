package io.cofferdam.examples.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** A file of results, one JSON document a line, to which every run adds its own. Thread-safe. */
final class Results {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final String commit;

    /**
     * The results in a file.
     *
     * @param file made with the first result
     */
    Results(Path file) {
        this.file = file.toAbsolutePath();
        this.commit = commit();
    }

    /** Where results are kept unless told otherwise. */
    static Path usual(String program) {
        Path examples = Path.of(System.getProperty("cofferdam.examples", "."));
        return examples.resolve("target").resolve("chaos").resolve(program + ".jsonl");
    }

    Path file() {
        return file;
    }

    /** What was tried with the sources as they are now. */
    synchronized Set<String> tried(String engine) throws IOException {
        Set<String> tried = new HashSet<>();
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                JsonNode result = JSON.readTree(line);
                if (result.path("commit").asText().equals(commit)
                        && result.path("engine").asText().equals(engine)) {
                    tried.add(result.path("point").asText());
                }
            }
        }
        return tried;
    }

    synchronized void add(Map<String, Object> result) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("commit", commit);
        line.put("at", Instant.now().toString());
        line.putAll(result);
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(
                    file, JSON.writeValueAsString(line) + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The sources that run, as Git names them. */
    private static String commit() {
        try {
            Process git = new ProcessBuilder("git", "describe", "--always", "--dirty", "--abbrev=12")
                    .directory(Path.of(System.getProperty("cofferdam.examples", "."))
                            .toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String name = new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).trim();
            return git.waitFor(10, TimeUnit.SECONDS) && !name.isEmpty() ? name : "unknown";
        } catch (IOException noGit) {
            return "unknown";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "unknown";
        }
    }
}
