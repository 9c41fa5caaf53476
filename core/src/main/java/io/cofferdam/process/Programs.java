package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.OperationInterruptedException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The system's programs that namespaces and relays are made with. */
final class Programs {

    /** Where administrators' programs are, which the path of ordinary users leaves out. */
    private static final List<String> ALSO = List.of("/usr/sbin", "/sbin", "/usr/bin", "/bin");

    private Programs() {}

    /**
     * What a program printed and how it ended.
     *
     * @param exitCode its exit code
     * @param text its output and error output
     */
    record Output(int exitCode, String text) {}

    /** The absolute path of a program. */
    static Optional<String> find(String name) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of(path.split(File.pathSeparator)), ALSO.stream())
                .filter(directory -> directory.startsWith("/"))
                .map(directory -> Path.of(directory, name))
                .filter(Files::isExecutable)
                .map(Path::toString)
                .findFirst();
    }

    /**
     * Runs a program that prints little.
     *
     * @throws IOException if it cannot be started
     */
    static Output run(ProcessBuilder builder, String what, Deadline deadline) throws IOException {
        Process process = builder.redirectErrorStream(true).start();
        try (var output = process.getInputStream()) {
            process.getOutputStream().close();
            if (!process.waitFor(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout(what, null);
            }
            return new Output(process.exitValue(), new String(output.readAllBytes(), StandardCharsets.UTF_8));
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        } finally {
            process.destroyForcibly();
        }
    }
}
