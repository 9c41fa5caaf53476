package io.cofferdam.examples.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Runs command lines as the program would, inside this JVM. */
final class Cli {

    private final Map<String, String> variables = new HashMap<>(Map.of("PATH", System.getenv("PATH")));
    private InputStream in = InputStream.nullInputStream();
    private boolean inIsTerminal = true;
    private boolean errIsTerminal;

    /** What the running command line has written so far. */
    private volatile ByteArrayOutputStream written = new ByteArrayOutputStream();

    /** How a command line ended and what it wrote. */
    record Outcome(int exitCode, String out, String err) {
        JsonNode json() {
            return read(out);
        }

        JsonNode error() {
            return read(err).path("error");
        }

        private static JsonNode read(String text) {
            try {
                return new ObjectMapper().readTree(text);
            } catch (IOException wrong) {
                throw new UncheckedIOException("no JSON: " + text, wrong);
            }
        }
    }

    Cli variable(String name, String value) {
        variables.put(name, value);
        return this;
    }

    /** Somebody watches the standard error. */
    Cli watched() {
        errIsTerminal = true;
        return this;
    }

    /** What a command line that runs on another thread has written so far. */
    String outSoFar() {
        return written.toString(StandardCharsets.UTF_8);
    }

    Cli input(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        inIsTerminal = false;
        return this;
    }

    Outcome run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        written = out;
        Terminal terminal = new Terminal(
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                inIsTerminal,
                false,
                errIsTerminal,
                variables,
                Path.of("").toAbsolutePath());
        int exitCode = CofferdamCommand.run(terminal, args);
        return new Outcome(exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
