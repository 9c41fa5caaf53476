package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts, stops, freezes and removes environments, one operation at a time for each. */
final class Runner {

    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);
    private static final Duration CLEANING = Duration.ofSeconds(30);

    private final ProcessParts parts;
    private final Starter starter;
    private final Endings endings;

    Runner(ProcessParts parts, Starter starter, Endings endings) {
        this.parts = parts;
        this.starter = starter;
        this.endings = endings;
    }

    /** Does something while nobody else changes the environment. */
    void exclusively(UnitDirectory unit, Deadline deadline, String what, UnitLocks.Body body) {
        parts.locks.exclusively(unit.claims().resolve("op"), deadline, what, body);
    }

    private void ensureThere(UnitRecord unit, String what) {
        if (parts.units.read(unit.id()).isEmpty()) {
            throw new NotFoundException(what + " failed (process): it has been removed");
        }
    }

    void start(UnitRecord unit, Deadline deadline) {
        String what = "starting '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(unit.id());
        exclusively(directory, deadline, what, () -> {
            ensureThere(unit, what);
            Run before = parts.runs.read(directory);
            if (before.isAlive()) {
                return;
            }
            if (before.main() != null) {
                // What is left of an earlier run; looking for it takes milliseconds that a first start need not spend.
                endings.force(directory, before, deadline, what);
                // Its end is told before the traces of it go.
                parts.observer.look(unit.id());
            }
            parts.runs.archive(directory);
            launch(unit, directory, deadline, what);
        });
        parts.observer.look(unit.id());
    }

    private void launch(UnitRecord unit, UnitDirectory directory, Deadline deadline, String what) throws IOException {
        NetworkMember member = parts.networks.member(directory.path());
        Path work = workingDirectory(unit, unit.spec().workingDirectory(), what);
        Map<String, String> variables = Variables.of(unit, directory.root(), member.variables());
        Starter.Order order = new Starter.Order(unit, directory, work, variables, member.launcher(), List.of());
        parts.relays.start(directory.path(), unit.spec(), member, deadline);
        Process process;
        try {
            // The shim takes its time to become the program, which the rest of the work is done in.
            process = starter.start(order, deadline, () -> keepLogs(directory));
            awaitInside(directory, member, deadline, what);
        } catch (IOException | RuntimeException e) {
            parts.keeper.leave(directory);
            undo(directory, e);
            throw e;
        }
        var unused = process.onExit().thenAccept(ended -> ended(unit));
    }

    /** In namespaces the program is the end of a chain; only when it is there can it be signalled, and entered. */
    private void awaitInside(UnitDirectory directory, NetworkMember member, Deadline deadline, String what) {
        if (member.isolated()) {
            Waiting.soon(
                    () -> {
                        Run run = parts.runs.read(directory);
                        ProcessKey main = run.main();
                        return !run.isAlive() || main == null || member.signalPid(main.pid()) != main.pid();
                    },
                    deadline,
                    what);
        }
    }

    /** Ends what a failed start left, also when the caller was interrupted. */
    private void undo(UnitDirectory directory, Exception cause) {
        boolean interrupted = Thread.interrupted();
        try {
            endings.force(directory, parts.runs.read(directory), Deadline.in(CLEANING), "undoing a start");
            parts.relays.stop(directory.path());
            Files.deleteIfExists(directory.run());
            Files.deleteIfExists(directory.exit());
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A shim of ours ended: what its main process left behind is ended too, as its engine would do for a container. */
    private void ended(UnitRecord unit) {
        parts.observer.tell(unit.id());
        try {
            parts.threads.start("sweep", () -> sweep(unit));
        } catch (RejectedExecutionException closed) {
            LOG.debug("'{}' ended while the engine was being closed", unit.name());
        }
    }

    private void sweep(UnitRecord unit) {
        UnitDirectory directory = parts.state.unit(unit.id());
        String what = "clearing up after '" + unit.name() + "'";
        Deadline deadline = Deadline.in(CLEANING);
        try {
            exclusively(directory, deadline, what, () -> {
                Run run = parts.runs.read(directory);
                if (!run.isAlive()) {
                    endings.force(directory, run, deadline, what);
                    parts.relays.stop(directory.path());
                }
            });
        } catch (NotFoundException removed) {
            LOG.trace("'{}' was removed meanwhile", unit.name());
        } catch (OperationInterruptedException closing) {
            LOG.debug("the engine was closed before it was cleared up after '{}'", unit.name());
        }
    }

    void keepLogs(UnitDirectory unit) {
        try {
            parts.keeper.keep(unit);
        } catch (IOException e) {
            if (Files.isDirectory(unit.path())) {
                throw Failures.of("watching the logs in " + unit.logs(), e);
            }
        }
    }

    void stop(UnitRecord unit, String signal, Duration grace, Deadline deadline) {
        String what = "stopping '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(unit.id());
        Run run = parts.runs.read(directory);
        if (run.isAlive() && !grace.isZero()) {
            // Not under the lock, so that another caller can force an end that this one is waiting for.
            ask(directory, run, signal, grace, deadline, what);
        }
        exclusively(directory, deadline, what, () -> {
            Run now = parts.runs.read(directory);
            if (now.key().equals(run.key())) {
                endings.force(directory, now, deadline, what);
                parts.relays.stop(directory.path());
                Files.deleteIfExists(directory.paused());
            }
        });
        parts.observer.look(unit.id());
    }

    private void ask(UnitDirectory directory, Run run, String signal, Duration grace, Deadline deadline, String what) {
        Optional<ProcessKey> target = signalled(directory, run);
        if (target.isPresent()) {
            endings.ask(directory, run, target.get(), signal, grace, deadline, what);
        }
    }

    /** The process that the environment's signals are for: inside namespaces it is not the one that was started. */
    private Optional<ProcessKey> signalled(UnitDirectory directory, Run run) {
        ProcessKey main = run.main();
        if (main == null) {
            return Optional.empty();
        }
        long pid = parts.networks.member(directory.path()).signalPid(main.pid());
        return pid == main.pid() ? Optional.of(main) : parts.processes.find(pid).map(ProcessStat::key);
    }

    void pause(UnitRecord unit, Deadline deadline) {
        String what = "pausing '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(unit.id());
        exclusively(directory, deadline, what, () -> {
            Run run = parts.runs.read(directory);
            if (run.state() != EnvironmentState.RUNNING) {
                throw wrongState("pause", unit, run);
            }
            endings.pause(directory, run, deadline, what);
            Files.writeString(directory.paused(), "");
        });
        parts.observer.look(unit.id());
    }

    void resume(UnitRecord unit, Deadline deadline) {
        String what = "resuming '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(unit.id());
        exclusively(directory, deadline, what, () -> {
            Run run = parts.runs.read(directory);
            if (run.state() != EnvironmentState.PAUSED) {
                throw wrongState("resume", unit, run);
            }
            endings.resume(directory, run);
            Files.deleteIfExists(directory.paused());
        });
        parts.observer.look(unit.id());
    }

    private static WrongStateException wrongState(String verb, UnitRecord unit, Run run) {
        String state = run.state().name().toLowerCase(java.util.Locale.ROOT);
        return new WrongStateException("could not " + verb + " '" + unit.name() + "' (process): it is " + state
                + (run.isAlive() ? "" : "; start it first"));
    }

    void remove(UnitRecord unit, Deadline deadline) {
        String what = "removing '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(unit.id());
        try {
            exclusively(directory, deadline, what, () -> clear(unit, directory, deadline, what));
        } catch (NotFoundException removedMeanwhile) {
            LOG.trace("'{}' was removed by somebody else", unit.name());
        }
        parts.observer.look(unit.id());
    }

    private void clear(UnitRecord unit, UnitDirectory directory, Deadline deadline, String what) throws IOException {
        Optional<UnitRecord> now = parts.units.read(unit.id());
        if (now.isPresent()) {
            endings.force(directory, parts.runs.read(directory), deadline, what);
            parts.relays.stop(directory.path());
            parts.observer.look(unit.id());
            parts.keeper.leave(directory);
            parts.networks.leave(now.get().engineName(), directory.path());
            parts.units.delete(directory);
            parts.units.releaseName(now.get().engineName(), unit.id());
        }
    }

    ExecResult exec(UnitRecord unit, ExecSpec exec, Deadline deadline) {
        String what = "running " + exec.command().get(0) + " in '" + unit.name() + "'";
        UnitDirectory directory = parts.state.unit(unit.id());
        Run run = parts.runs.read(directory);
        if (run.state() != EnvironmentState.RUNNING) {
            throw wrongState("run " + exec.command().get(0) + " in", unit, run);
        }
        NetworkMember member = parts.networks.member(directory.path());
        Path work = workingDirectory(unit, exec.workingDirectory().or(unit.spec()::workingDirectory), what);
        List<String> prefix = new ArrayList<>();
        @Nullable ProcessKey target = signalled(directory, run).orElse(null);
        if (target != null) {
            prefix.addAll(member.execLauncher(target.pid(), work));
        }
        Optional<String> user = exec.user().or(unit.spec()::user);
        if (user.isPresent()) {
            parts.capabilities.require(io.cofferdam.engine.Capability.USER_SWITCH, "leave the user out");
            prefix.addAll(parts.users.prefix(parts.users.find(user.get(), deadline)));
        }
        Map<String, String> variables = Variables.of(unit, directory.root(), member.variables());
        try {
            return parts.execs.run(new Execs.Order(exec, work, variables, prefix), parts.processes, deadline, what);
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
    }

    private Path workingDirectory(UnitRecord unit, Optional<String> inside, String what) {
        UnitDirectory directory = parts.state.unit(unit.id());
        if (inside.isEmpty()) {
            return directory.root();
        }
        try {
            Path work = parts.maker.paths(directory, unit.spec()).follow(inside.get());
            if (!Files.isDirectory(work)) {
                throw new NotFoundException(what + " failed: there is no directory '" + inside.get() + "' in it");
            }
            return work;
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
    }
}
