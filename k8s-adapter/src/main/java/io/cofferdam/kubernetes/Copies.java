package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Copies files in and out of running pods by the {@code tar} and {@code sh} of their images. */
final class Copies {

    private static final int PIPE = 256 * 1024;

    /** What there is: the longest part of a path that exists, and of what kind it and the whole are. */
    private static final String LOOK =
            "p=$1; t=none; [ -d \"$p\" ] && t=folder; [ -e \"$p\" ] && [ ! -d \"$p\" ] && t=file; echo \"$t\"; d=$p;"
                    + " while d=${d%/*}; [ -n \"$d\" ] && [ ! -d \"$d\" ]; do [ -e \"$d\" ] && echo file && exit; [ -L"
                    + " \"$d\" ] && echo nowhere && exit; done; echo \"${d:-/}\"";

    private static final String RESOLVE = "p=$(readlink -f \"$1\") || exit 44; [ -e \"$p\" ] || exit 44;"
            + " if [ -d \"$p\" ]; then echo folder; else echo file; fi; echo \"$p\"";

    /** Runs a command in an environment that runs. */
    @FunctionalInterface
    interface Inside {
        ExecResult run(Operation operation, JsonNode pod, ExecSpec spec, Deadline deadline);
    }

    private final Inside inside;
    private final Threads threads;

    Copies(Inside inside, Threads threads) {
        this.inside = inside;
        this.threads = threads;
    }

    void copyIn(JsonNode pod, String name, Path source, String target, Deadline deadline) {
        Operation operation = Operation.of("copy", "copying", "'" + source + "' to '" + target + "' in '" + name + "'");
        InsidePath to = InsidePath.parse(operation, target);
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotFoundException(operation.failed("there is no such file or directory on this host"));
        }
        boolean folder = Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS);
        if (to.isRoot() && !folder) {
            throw new InvalidInputException(
                    "target '" + target + "'",
                    List.of(Problem.at("target", "the root of the environment cannot be replaced by a file")));
        }
        InsidePath existing = to;
        if (!to.isRoot()) {
            List<String> seen = ask(operation, pod, LOOK, to.toString(), deadline);
            String kind = seen.isEmpty() ? "none" : seen.get(0);
            if (seen.size() > 1 && seen.get(1).equals("nowhere")) {
                throw new NotFoundException(operation.failed("a link on the way there leads to nothing inside"));
            }
            if (kind.equals(folder ? "file" : "folder")
                    || seen.size() < 2
                    || seen.get(1).equals("file")) {
                throw new WrongStateException(operation.failed("a file and a directory cannot replace each other"));
            }
            existing = InsidePath.parse(operation, seen.get(1));
        }
        TarWriter tar = new TarWriter(source, to.below(existing));
        unpack(operation, pod, existing.toString(), tar::writeTo, deadline);
    }

    /** Writes an archive. */
    @FunctionalInterface
    interface Archive {
        void writeTo(java.io.OutputStream out) throws IOException;
    }

    void unpack(Operation operation, JsonNode pod, String folder, Archive archive, Deadline deadline) {
        AtomicReference<@Nullable RuntimeException> unreadable = new AtomicReference<>();
        try (PipedInputStream in = new PipedInputStream(PIPE);
                PipedOutputStream out = new PipedOutputStream(in)) {
            threads.start("archive of a copy", () -> {
                try (out) {
                    archive.writeTo(out);
                } catch (UncheckedIOException failure) {
                    unreadable.set(failure);
                } catch (IOException commandEnded) {
                    // Its exit code tells.
                }
            });
            ExecSpec spec =
                    ExecSpec.of(List.of("tar", "-x", "-f", "-", "-C", folder)).withStdin(in);
            ExecResult result = inside.run(operation, pod, spec, deadline);
            RuntimeException failure = unreadable.get();
            if (failure != null) {
                throw new StorageException(operation.failed("it cannot be read: " + failure.getMessage()), failure);
            }
            if (!result.succeeded()) {
                throw refused(operation, result);
            }
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    void copyOut(JsonNode pod, String name, String source, Path target, Deadline deadline) {
        Operation operation = Operation.of("copy", "copying", "'" + source + "' in '" + name + "' to '" + target + "'");
        InsidePath asked = InsidePath.parse(operation, source);
        List<String> seen = ask(operation, pod, RESOLVE, asked.toString(), deadline);
        if (seen.size() < 2) {
            throw new NotFoundException(operation.failed("there is no such path inside"));
        }
        InsidePath from = InsidePath.parse(operation, seen.get(1));
        boolean folder = seen.get(0).equals("folder");
        List<String> command = new ArrayList<>(List.of("tar", "-c", "-f", "-", "-C"));
        command.add(folder ? from.toString() : from.parent().toString());
        command.add(folder ? "." : "./" + from.name());
        AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
        try (Staging staging = Staging.beside(target);
                PipedInputStream in = new PipedInputStream(PIPE);
                PipedOutputStream out = new PipedOutputStream(in)) {
            Thread reader = threads.start("archive of a copy", () -> {
                try {
                    new TarReader(operation, staging, folder ? "" : from.name()).read(in);
                    in.transferTo(java.io.OutputStream.nullOutputStream()); // what fills its last block
                } catch (IOException | RuntimeException failure) {
                    failed.set(failure);
                    close(in);
                }
            });
            ExecResult result;
            try {
                result = inside.run(operation, pod, ExecSpec.of(command).withStdout(out), deadline);
            } catch (UncheckedIOException closed) {
                result = null; // the reader gave up, and has the reason
            } finally {
                close(out);
            }
            reader.join(Math.max(1, deadline.remaining().toMillis()));
            throwIfFailed(operation, failed.get());
            if (result == null || !result.succeeded()) {
                throw result == null
                        ? new EngineException(operation.failed("it broke off"))
                        : refused(operation, result);
            }
            staging.moveToTarget(operation);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new io.cofferdam.error.OperationInterruptedException(
                    operation.doing() + " was interrupted", interrupt);
        } catch (IOException | UncheckedIOException unwritable) {
            throw new StorageException(
                    operation.failed("it cannot be written: " + unwritable.getMessage()), unwritable);
        }
    }

    private static void throwIfFailed(Operation operation, @Nullable Throwable failure) throws IOException {
        if (failure instanceof CofferdamException ours) {
            throw ours;
        }
        if (failure instanceof UncheckedIOException unwritable) {
            throw unwritable;
        }
        if (failure != null) {
            throw new EngineException(
                    operation.failed("what came is no whole archive: " + failure.getMessage()), failure);
        }
    }

    private static void close(java.io.Closeable stream) {
        try {
            stream.close();
        } catch (IOException ignored) {
            // A pipe's other end has gone first.
        }
    }

    private List<String> ask(Operation operation, JsonNode pod, String script, String path, Deadline deadline) {
        ExecResult result = inside.run(operation, pod, ExecSpec.of(List.of("sh", "-c", script, "sh", path)), deadline);
        if (result.exitCode() == 44) {
            return List.of();
        }
        if (!result.succeeded()) {
            throw refused(operation, result);
        }
        return result.stdout().lines().toList();
    }

    private static CofferdamException refused(Operation operation, ExecResult result) {
        String words = result.stderr().strip();
        if (result.exitCode() == 127 || result.exitCode() == 126) {
            return new WrongStateException(operation.failed(
                    "its image has no sh or no tar, by which files are copied on a cluster (" + words + "); add them"));
        }
        if (words.contains("No space left") || words.contains("Read-only file system")) {
            return new StorageException(operation.failed(words));
        }
        return new EngineException(operation.failed("tar exited with " + result.exitCode() + ": " + words));
    }
}
