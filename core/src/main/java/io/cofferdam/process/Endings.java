package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentState;
import java.time.Duration;
import java.util.List;

/** Ends the processes of environments, freezes them and lets them go on. */
final class Endings {

    private static final Duration SHIM = Duration.ofSeconds(2);

    private final ProcessTable processes;
    private final ProcessTree tree;
    private final Signals signals;
    private final RunFiles runs;
    private final Waiting waiting;

    Endings(ProcessTable processes, ProcessTree tree, Signals signals, RunFiles runs, Waiting waiting) {
        this.processes = processes;
        this.tree = tree;
        this.signals = signals;
        this.runs = runs;
        this.waiting = waiting;
    }

    /**
     * Asks a main process to end, and waits.
     *
     * @param target the process that gets the signal
     * @return whether it ended
     */
    boolean ask(
            UnitDirectory unit,
            Run run,
            ProcessKey target,
            String signal,
            Duration grace,
            Deadline deadline,
            String what) {
        signals.send(signal, List.of(target));
        if (run.state() == EnvironmentState.PAUSED) {
            // The signal waits for it to go on.
            resume(unit, run);
        }
        Deadline patience = deadline.cappedAt(grace);
        return waiting.until(unit, () -> !isStill(unit, run), patience, what);
    }

    private boolean isStill(UnitDirectory unit, Run run) {
        Run now = runs.read(unit);
        return now.isAlive() && now.key().equals(run.key());
    }

    /** Ends all that is left of a run by force, and returns when nothing is. */
    void force(UnitDirectory unit, Run run, Deadline deadline, String what) {
        Waiting.soon(
                () -> {
                    List<ProcessStat> left = tree.members(unit.id(), run, true);
                    signals.send("SIGKILL", left.stream().map(ProcessStat::key).toList());
                    return left.isEmpty();
                },
                deadline,
                what);
        ProcessKey shim = run.shim();
        if (shim != null) {
            // It writes the exit code down and ends; if the disk or it itself is stuck, it has to go as well.
            Deadline patience = deadline.cappedAt(SHIM);
            Waiting.soon(() -> patience.isExpired() || !processes.isAlive(shim), deadline, what);
            signals.send("SIGKILL", List.of(shim));
            Waiting.soon(() -> !processes.isAlive(shim), deadline, what);
        }
    }

    void pause(UnitDirectory unit, Run run, Deadline deadline, String what) {
        Waiting.soon(
                () -> {
                    // Again and again, until none is left that was started meanwhile.
                    List<ProcessStat> left = tree.members(unit.id(), run, true).stream()
                            .filter(stat -> !stat.isStopped())
                            .toList();
                    signals.send("SIGSTOP", left.stream().map(ProcessStat::key).toList());
                    return left.isEmpty();
                },
                deadline,
                what);
    }

    void resume(UnitDirectory unit, Run run) {
        signals.send(
                "SIGCONT",
                tree.members(unit.id(), run, true).stream()
                        .map(ProcessStat::key)
                        .toList());
    }
}
