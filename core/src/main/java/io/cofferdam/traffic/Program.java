package io.cofferdam.traffic;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.EngineUnavailableException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The process of one project's program: found by its pid file, and known by the configuration it was started with. */
final class Program {

    private static final Duration AGAIN = Duration.ofSeconds(2);

    final Path folder;
    final Path configuration;
    private final String name;
    private final Path pidFile;
    private final Path log;

    Program(String name, Path folder) {
        this.name = name;
        this.folder = folder;
        configuration = folder.resolve(name + ".cfg");
        pidFile = folder.resolve(name + ".pid");
        log = folder.resolve(name + ".log");
    }

    /** The program on the path, and where Debian keeps it, which is not on the path of every user. */
    static Path find(String name) {
        String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin" + File.pathSeparator
                + "/usr/local/sbin";
        for (String place : path.split(File.pathSeparator, -1)) {
            Path program = Path.of(place, name);
            if (!place.isEmpty() && Files.isExecutable(program)) {
                return program;
            }
        }
        throw new EngineUnavailableException("could not route through " + name + ": there is no program '" + name
                + "' on the path; install it (on Debian: apt-get install " + name + ")");
    }

    /** The main process; a recycled process id is not taken for it. */
    Optional<ProcessHandle> process() {
        try {
            long pid = Long.parseLong(Files.readString(pidFile).strip());
            return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).filter(this::isOurs);
        } catch (IOException | NumberFormatException none) {
            return Optional.empty();
        }
    }

    private boolean isOurs(ProcessHandle process) {
        try {
            String command =
                    Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), StandardCharsets.ISO_8859_1);
            return command.contains(configuration.toString());
        } catch (IOException gone) {
            return false;
        }
    }

    boolean isRunning() {
        return process().isPresent();
    }

    /** Its worker processes, those that only finish what they began among them. */
    List<Long> workers() {
        return process()
                .map(main -> main.children().map(ProcessHandle::pid).sorted().toList())
                .orElse(List.of());
    }

    void configure(String text) throws IOException {
        RouteFile.privateFolder(folder);
        RouteFile.replace(configuration, text);
    }

    /** Runs a check of the configuration to its end. */
    void check(List<String> words, Deadline deadline) throws IOException {
        Path output = folder.resolve("check.log");
        Process check = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .directory(folder.toFile())
                .start();
        try {
            if (!check.waitFor(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout("checking the configuration " + configuration, null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.nio.channels.ClosedByInterruptException();
        } finally {
            check.destroyForcibly();
        }
        String said = Files.readString(output, StandardCharsets.ISO_8859_1);
        Files.delete(output);
        if (check.exitValue() != 0) {
            throw new IOException(
                    name + " does not accept its configuration: " + said.strip().replace('\n', '|'));
        }
    }

    /** Starts it in a session of its own. It writes its process id to the pid file. */
    Process start(List<String> words) throws IOException {
        List<String> command = new ArrayList<>();
        for (String place : List.of("/usr/bin/setsid", "/bin/setsid")) {
            if (command.isEmpty() && Files.isExecutable(Path.of(place))) {
                command.add(place);
            }
        }
        command.addAll(words);
        return new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .directory(folder.toFile())
                .start();
    }

    Path pidFile() {
        return pidFile;
    }

    String lastWords() {
        try {
            return Files.readString(log, StandardCharsets.ISO_8859_1).strip().replace('\n', '|');
        } catch (IOException unreadable) {
            return "";
        }
    }

    void signal(String signal) throws IOException {
        ProcessHandle main = process().orElseThrow(() -> new IOException(name + " of " + folder + " does not run"));
        Process kill = new ProcessBuilder("kill", "-" + signal.toUpperCase(Locale.ROOT), Long.toString(main.pid()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            if (kill.waitFor() != 0 && main.isAlive()) {
                throw new IOException("process " + main.pid() + " (" + name + ") cannot be signalled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.nio.channels.ClosedByInterruptException();
        }
    }

    /** Signals again after a while: one that arrives while the program executes itself anew is lost. */
    void signalUntil(String signal, Condition condition, Deadline deadline, String what) throws IOException {
        long sent = System.nanoTime();
        signal(signal);
        for (long pause = 2; !condition.holds(); pause = Math.min(50, pause * 2)) {
            deadline.check(what);
            pause(pause);
            if (System.nanoTime() - sent > AGAIN.toNanos() && isRunning()) {
                sent = System.nanoTime();
                signal(signal);
            }
        }
    }

    private static void pause(long millis) throws IOException {
        try {
            TimeUnit.MILLISECONDS.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.nio.channels.ClosedByInterruptException();
        }
    }

    interface Condition {
        boolean holds() throws IOException;
    }

    static void await(Condition condition, Deadline deadline, String what) throws IOException {
        for (long pause = 2; !condition.holds(); pause = Math.min(50, pause * 2)) {
            deadline.check(what);
            pause(pause);
        }
    }

    /** Removes the folder of a project that has no routes any more; the program may still remove files of its own. */
    void clear() throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
                if (failure instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw failure;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure)
                    throws IOException {
                if (failure != null) {
                    throw failure;
                }
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
