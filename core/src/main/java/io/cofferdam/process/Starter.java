package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.LogLine;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StartFailedException;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Starts main processes. */
final class Starter {

    /**
     * How often it is looked whether the shim got on. It takes about a millisecond in all. A pipe that would tell cannot be
     * had: {@code sh} can close one when the program begins only by handing it on to the program.
     */
    private static final long LOOK_NANOS = 200_000;

    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;
    private static final int MESSAGE_LIMIT = 4096;

    private final Host host;
    private final ProcessTable processes;
    private final RunFiles runs;
    private final Shim shim;
    private final UserSwitch users;

    Starter(Host host, ProcessTable processes, RunFiles runs, Shim shim, UserSwitch users) {
        this.host = host;
        this.processes = processes;
        this.runs = runs;
        this.shim = shim;
        this.users = users;
    }

    /**
     * What there is to start.
     *
     * @param unit the environment
     * @param directory where it is
     * @param workingDirectory the directory the command runs in
     * @param variables all variables
     * @param launcher what to run the command by
     * @param controlGroups files to join control groups through
     */
    record Order(
            UnitRecord unit,
            UnitDirectory directory,
            Path workingDirectory,
            Map<String, String> variables,
            List<String> launcher,
            List<String> controlGroups) {}

    /**
     * Starts the shim and returns when the program runs in its place.
     *
     * @param meanwhile done while the shim gets on; what is started is ended if that fails
     */
    Process start(Order order, Deadline deadline, Runnable meanwhile) throws IOException {
        UnitRecord unit = order.unit();
        String what = "starting '" + unit.name() + "'";
        List<String> command = unit.command();
        Executables.Found program = Executables.find(command.get(0), order.workingDirectory(), order.variables());
        if (!program.executable()) {
            throw program.file().isPresent()
                    ? failed(
                            unit,
                            NOT_EXECUTABLE,
                            program.file().get() + " cannot be executed; make it an executable file")
                    : failed(
                            unit,
                            NOT_FOUND,
                            "there is no program '" + command.get(0)
                                    + "'; name one that is in the environment's PATH, or give its path");
        }
        List<String> words = new ArrayList<>(order.launcher());
        Optional<String> user = unit.spec().user();
        if (user.isPresent()) {
            words.addAll(users.prefix(users.find(user.get(), deadline)));
        }
        words.addAll(command);
        Path errors = order.directory().log(LogLine.Stream.STDERR);
        long errorsBefore = LogTimes.extent(errors).size();
        List<String> line = host.isPosix() ? shim.command(order.directory(), order.controlGroups(), words) : words;
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(order.workingDirectory().toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File(host.isPosix() ? "/dev/null" : "NUL")))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        order.directory().log(LogLine.Stream.STDOUT).toFile()))
                .redirectError(ProcessBuilder.Redirect.appendTo(errors.toFile()));
        builder.environment().clear();
        builder.environment().putAll(order.variables());
        Process process = builder.start();
        try {
            meanwhile.run();
            if (!host.isPosix()) {
                withoutShim(order.directory(), process);
                return process;
            }
            awaitProgram(order.directory(), process, deadline, what);
        } catch (IOException | RuntimeException e) {
            process.toHandle().descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw e;
        }
        if (!process.isAlive()) {
            int exit = process.exitValue();
            @Nullable
            String message = exit == NOT_EXECUTABLE || exit == NOT_FOUND ? message(errors, errorsBefore) : null;
            if (message != null) {
                throw failed(unit, exit, message);
            }
        }
        return process;
    }

    /** Where there is no shell this JVM writes down what the shim would, as long as it lives. */
    private static void withoutShim(UnitDirectory unit, Process process) throws IOException {
        Files.writeString(unit.run(), "\n" + process.pid() + "\n" + process.pid() + "\n");
        var unused = process.onExit().thenAccept(ended -> {
            try {
                Files.writeString(unit.exit(), (ended.exitValue() & 0xFF) + " " + ended.pid() + "\n");
            } catch (IOException e) {
                throw Failures.of("noting the end of process " + ended.pid(), e);
            }
        });
    }

    private void awaitProgram(UnitDirectory unit, Process process, Deadline deadline, String what) {
        while (process.isAlive()) {
            Optional<RunFiles.Started> started = runs.started(unit);
            if (started.isPresent() && hasBecomeProgram(started.get().main())) {
                return;
            }
            deadline.check(what);
            try {
                TimeUnit.NANOSECONDS.sleep(LOOK_NANOS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException(what + " was interrupted", e);
            }
        }
    }

    private boolean hasBecomeProgram(ProcessKey main) {
        return processes
                .commandLine(main.pid())
                .filter(line -> !line.isEmpty())
                .map(line -> !Shim.isShim(line))
                // It ended already; the shim is about to say how.
                .orElse(false);
    }

    /** What the shell said when it could not become the program; null if that is not why it ended. */
    private static @Nullable String message(Path errors, long from) throws IOException {
        try (java.io.RandomAccessFile file = new java.io.RandomAccessFile(errors.toFile(), "r")) {
            file.seek(from);
            byte[] bytes = new byte[MESSAGE_LIMIT];
            int length = Math.max(0, file.read(bytes));
            String text = new String(bytes, 0, length, java.nio.charset.StandardCharsets.UTF_8);
            boolean ours = text.startsWith(Shim.NAME + ":") || text.startsWith("setpriv:");
            return ours ? text.lines().findFirst().orElse(text) : null;
        }
    }

    private static StartFailedException failed(UnitRecord unit, int exit, String why) {
        return new StartFailedException(
                "could not start '" + unit.name() + "' (process, "
                        + unit.command().get(0) + "): " + why,
                exit,
                List.of(),
                null);
    }
}
