package io.cofferdam.examples.cli;

import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of variables as {@code docker run --env-file} reads it: {@code NAME=VALUE} or {@code NAME} alone, which takes its
 * value from the caller's own environment; {@code #} begins a line of comment; quotes have no meaning.
 */
final class EnvFile {

    private EnvFile() {}

    static Map<String, String> read(Path file, Map<String, String> own, List<Problem> problems) {
        Map<String, String> variables = new LinkedHashMap<>();
        int number = 0;
        for (String raw : lines(file, problems)) {
            number++;
            String line = raw.stripLeading();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            String where = file + ":" + number;
            int equals = line.indexOf('=');
            String name = equals < 0 ? line.stripTrailing() : line.substring(0, equals);
            String value = equals < 0 ? own.get(name) : line.substring(equals + 1);
            if (name.isEmpty() || name.chars().anyMatch(Character::isWhitespace)) {
                problems.add(new Problem(where, "'" + name + "' cannot be a variable's name", "write NAME=VALUE"));
            } else if (value == null) {
                problems.add(new Problem(where, "there is no variable " + name + " here", "write NAME=VALUE"));
            } else {
                variables.put(name, value);
            }
        }
        return variables;
    }

    private static List<String> lines(Path file, List<Problem> problems) {
        try {
            return Files.readAllLines(file);
        } catch (NoSuchFileException missing) {
            problems.add(Problem.at(file.toString(), "there is no such file"));
        } catch (CharacterCodingException binary) {
            problems.add(Problem.at(file.toString(), "the file is not UTF-8 text"));
        } catch (IOException unreadable) {
            problems.add(Problem.at(file.toString(), "could not be read: " + unreadable.getMessage()));
        }
        return List.of();
    }
}
