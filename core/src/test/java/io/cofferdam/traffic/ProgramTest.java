package io.cofferdam.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a router keeps of a program. */
class ProgramTest {

    private static final int ROUNDS = 50;
    private static final int FILES = 200;

    @TempDir
    private Path folder;

    @Test
    @DisplayName("the folder goes also when the program removes files of its own at the same moment")
    void removedByBoth() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path project = Files.createDirectory(folder.resolve("project" + round));
            for (int file = 0; file < FILES; file++) {
                Files.writeString(project.resolve("file" + file), "");
            }
            Thread program = new Thread(() -> removeAll(project));
            program.start();

            new Program("program", project).clear();

            program.join();
            assertThat(project).doesNotExist();
        }
    }

    private static void removeAll(Path project) {
        try {
            for (int file = 0; file < FILES; file++) {
                Files.deleteIfExists(project.resolve("file" + file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
