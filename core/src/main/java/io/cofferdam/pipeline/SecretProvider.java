package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Where the values of {@code {{secrets.NAME}}} come from. Asked once for each secret a run refers to, before its first step, and again
 * when the run is resumed. Safe for use by many threads.
 */
@Experimental
@FunctionalInterface
public interface SecretProvider {

    /**
     * Finds a secret.
     *
     * @param name its name, as the pipeline writes it
     * @return its value, of at least four characters; empty if there is none
     */
    Optional<String> find(String name);

    /**
     * No secrets.
     *
     * @return a provider that finds nothing
     */
    static SecretProvider none() {
        return name -> Optional.empty();
    }

    /**
     * Secrets of the host application.
     *
     * @param secrets names and values
     * @return the provider
     */
    static SecretProvider of(Map<String, String> secrets) {
        Map<String, String> copy = Map.copyOf(secrets);
        return name -> Optional.ofNullable(copy.get(name));
    }

    /**
     * Variables of the environment of this process.
     *
     * @param prefix what the names of the variables begin with; the rest is the secret's name in capitals, with {@code _} in place
     *     of {@code -}
     * @return the provider
     */
    static SecretProvider environment(String prefix) {
        return name -> Optional.ofNullable(
                System.getenv(prefix + name.toUpperCase(Locale.ROOT).replace('-', '_')));
    }

    /**
     * A file with a line {@code name=value} for each secret. Lines that are empty or begin with {@code #} are passed over; in values
     * {@code \n} is a line break and {@code \\} a backslash.
     *
     * @param file the file, read now
     * @return the provider
     * @throws NotFoundException if the file cannot be read
     * @throws InvalidInputException if a line has no {@code =}; with every such line's number and without its content
     */
    static SecretProvider file(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file);
        } catch (IOException unreadable) {
            throw new NotFoundException(
                    "could not read the file of secrets '" + file + "': " + unreadable
                            + "; see whether it exists, is UTF-8 and may be read",
                    unreadable);
        }
        Map<String, String> secrets = new LinkedHashMap<>();
        List<Problem> problems = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int equals = line.indexOf('=');
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            if (equals < 1) {
                problems.add(new Problem(file + ":" + (i + 1), "the line has no '='", "write name=value"));
                continue;
            }
            String value = line.substring(equals + 1);
            secrets.put(
                    line.substring(0, equals).strip(),
                    value.replace("\\\\", "\u0000").replace("\\n", "\n").replace('\u0000', '\\'));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("file of secrets '" + file + "'", problems);
        }
        return of(secrets);
    }

    /**
     * This provider, and another one for what it does not have.
     *
     * @param other the other one
     * @return both
     */
    default SecretProvider or(SecretProvider other) {
        return name -> find(name).or(() -> other.find(name));
    }
}
