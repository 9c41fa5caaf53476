package io.cofferdam.process;

import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Sends signals, and never to a process that merely got the number of one that ended. */
final class Signals {

    private static final long SECONDS_FOR_KILL = 5;

    private final ProcessTable processes;
    private final String shell;

    Signals(ProcessTable processes, String shell) {
        this.processes = processes;
        this.shell = shell;
    }

    /**
     * Sends a signal to those that are still alive.
     *
     * @param signal a name such as {@code SIGTERM}, or a number
     */
    void send(String signal, Collection<ProcessKey> targets) {
        List<ProcessKey> alive = targets.stream().filter(processes::isAlive).toList();
        if (alive.isEmpty()) {
            return;
        }
        String name = signal.toUpperCase(Locale.ROOT).replaceFirst("^SIG", "");
        if (name.equals("KILL") || name.equals("9")) {
            alive.forEach(this::kill);
        } else if ((name.equals("TERM") || name.equals("15"))
                && ProcessHandle.current().supportsNormalTermination()) {
            alive.forEach(target -> handle(target, false));
        } else {
            byShell(name, alive);
        }
    }

    private void kill(ProcessKey target) {
        handle(target, true);
    }

    /** The handle remembers the start time it saw, and checks it again right before the signal. */
    private void handle(ProcessKey target, boolean force) {
        ProcessHandle.of(target.pid())
                .filter(handle -> processes.isAlive(target))
                .ifPresent(handle -> {
                    boolean requested = force ? handle.destroyForcibly() : handle.destroy();
                    if (!requested && processes.isAlive(target)) {
                        throw new EngineException("could not signal process " + target.pid()
                                + ": the system refused it; it may belong to another user");
                    }
                });
    }

    /** Java can send but two signals; the shell's own {@code kill} knows all by name and by number. */
    private void byShell(String name, List<ProcessKey> targets) {
        List<String> command = new ArrayList<>(List.of(shell, "-c", "kill -s \"$0\" \"$@\"", name));
        targets.forEach(target -> command.add(Long.toString(target.pid())));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                process.getOutputStream().close();
                if (!process.waitFor(SECONDS_FOR_KILL, TimeUnit.SECONDS)) {
                    throw new EngineException("could not send " + name + ": kill did not end");
                }
                String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
                if (process.exitValue() != 0 && targets.stream().anyMatch(processes::isAlive)) {
                    if (!answer.contains("No such process")) {
                        throw new InvalidInputException(
                                "signal", List.of(Problem.at("stopSignal", "could not send " + name + ": " + answer)));
                    }
                }
            } catch (InterruptedException e) {
                throw Failures.of("sending " + name, new java.io.InterruptedIOException());
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw Failures.of("sending " + name, e);
        }
    }
}
