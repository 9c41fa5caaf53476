package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the unit of an environment. The new unit is made under the name {@code NAME.next}; when it is ready the old
 * one becomes {@code NAME.old}, the new one gets the name, and the old one goes. No environment can have a name with a
 * full stop, so these names are never anybody else's, and whatever an interrupted update leaves can be told.
 */
final class Update {

    private static final String NEXT = ".next";
    private static final String OLD = ".old";

    private static final Logger LOG = LoggerFactory.getLogger(Update.class);

    private final EngineSession session;
    private final DrivenEnvironments home;
    private final DrivenEnvironment environment;
    private final Incarnation old;
    private final EnvironmentSpec oldSpec;
    private final EnvironmentSpec newSpec;

    /** The snapshot to go back to, or null for an update. */
    private final @Nullable SavedSnapshot goal;

    private final Deadline deadline;

    /** How the volumes are given back what they held, once a restoration has changed them. */
    private SnapshotStore.@Nullable VolumeSwap swapped;

    Update(
            EngineSession session,
            DrivenEnvironments home,
            DrivenEnvironment environment,
            Incarnation old,
            EnvironmentSpec changed,
            @Nullable SavedSnapshot goal,
            Deadline deadline) {
        this.session = session;
        this.home = home;
        this.environment = environment;
        this.old = old;
        this.oldSpec = old.spec(session);
        this.newSpec = complete(changed);
        this.goal = goal;
        this.deadline = deadline;
    }

    /** Whether a unit's name on the engine is one that it has only during an update. */
    static boolean isTransient(Unit unit) {
        return !unit.engineName().equals(unit.status().name());
    }

    Incarnation run() {
        String name = environment.name();
        EnvironmentStatus before = session.driver.inspect(old.id(), deadline).status();
        Map<String, String> marks = InstanceLabels.kept(before.labels());
        if (goal == null && !marks.isEmpty()) {
            throw ofDeployment(marks);
        }
        boolean running = before.state().isAlive();
        // A restoration changes volumes, which must not happen under what runs.
        boolean stopsFirst = running && (goal != null || sharesFixedPort());
        List<Mount.Volume> restoredVolumes = restoredVolumes();
        home.snapshots().refuseShared(name, restoredVolumes);
        removeByName(name + NEXT);
        removeByName(name + OLD);
        if (running && !stopsFirst) {
            home.ports().check(name, onlyNewPorts(), deadline);
        }
        CreateRequest.Origin origin = goal == null ? null : new CreateRequest.Origin(goal.id(), false);
        Incarnation replacement = home.make(name + NEXT, newSpec, marks, origin, deadline);
        try {
            if (stopsFirst) {
                stopOld(before.state());
            }
            if (goal != null && !restoredVolumes.isEmpty()) {
                // Killed in the middle, this has to be undone.
                session.watcher.expect(Lifetime.session());
                swapped = session.driver.snapshots().swapVolumes(goal.id(), old.id(), restoredVolumes, deadline);
            }
            if (running) {
                if (stopsFirst) {
                    home.ports().check(name, newSpec, deadline);
                }
                start(replacement);
            }
            session.driver.rename(old.id(), name + OLD, deadline);
        } catch (CofferdamException failed) {
            Cleanup.after(failed, () -> discard(replacement));
            goBack(failed, stopsFirst);
            throw failed;
        }
        finish(name, replacement, stopsFirst);
        return replacement;
    }

    /** What an instance is made of says which instance it is; with other content it would be none, in the place of one. */
    private InvalidInputException ofDeployment(Map<String, String> marks) {
        return new InvalidInputException(
                "the update of '" + environment.name() + "'",
                List.of(new Problem(
                        "name",
                        "it is an instance of service '" + marks.get(Labels.SERVICE) + "' of project '"
                                + marks.get(Labels.PROJECT) + "', whose content its deployment decides",
                        "deploy a release with the changed service")));
    }

    private List<Mount.Volume> restoredVolumes() {
        List<Mount.Volume> volumes = new ArrayList<>();
        if (goal != null) {
            for (Mount mount : newSpec.mounts()) {
                if (mount instanceof Mount.Volume volume
                        && goal.volumes().stream()
                                .anyMatch(saved -> saved.target().equals(volume.target()))) {
                    volumes.add(volume);
                }
            }
        }
        return volumes;
    }

    private void stopOld(EnvironmentState state) {
        if (state == EnvironmentState.PAUSED) {
            // What is frozen cannot end by itself.
            session.driver.resume(old.id(), deadline);
        }
        environment.stopUnit(old, oldSpec.stopGrace(), deadline);
    }

    /** After a failure: volumes and software as they were. */
    private void goBack(CofferdamException failed, boolean oldWasStopped) {
        SnapshotStore.VolumeSwap swap = swapped;
        if (swap != null) {
            Cleanup.after(failed, () -> swap.undo(session.transferDeadline()));
        }
        if (oldWasStopped) {
            Cleanup.after(failed, this::startOldAgain);
        }
    }

    private void start(Incarnation replacement) {
        environment.startWithCare(replacement, newSpec, deadline);
        if (!ReadinessWait.isTrivial(newSpec)) {
            environment.awaitReady(
                    replacement,
                    newSpec,
                    deadline.cappedAt(newSpec.startTimeout()),
                    newSpec.startTimeout(),
                    LogMark.beginning(),
                    false);
        }
        // Nobody started it by its name, so nobody is told that it is ready.
        session.feed.notBegun(replacement.id());
    }

    /** From here on the new unit serves; a failure must not take it away again. */
    private void finish(String name, Incarnation replacement, boolean oldWasStopped) {
        try {
            session.driver.rename(replacement.id(), name, deadline);
        } catch (CofferdamException failed) {
            Cleanup.after(failed, () -> session.driver.rename(old.id(), name, session.callDeadline()));
            Cleanup.after(failed, () -> discard(replacement));
            goBack(failed, oldWasStopped);
            throw failed;
        }
        environment.become(replacement);
        retireOld();
        SnapshotStore.VolumeSwap swap = swapped;
        if (swap != null) {
            CofferdamException failure = Cleanup.attempt(() -> swap.keep(session.transferDeadline()));
            if (failure != null) {
                LOG.warn("'{}' was restored, but what its volumes held is still kept", environment.name(), failure);
            }
        }
    }

    /** The new one serves, so that this cannot make the update fail any more. */
    private void retireOld() {
        home.lifetimes().cancel(old.id());
        // Where it cannot be asked to end, it is ended by force.
        CofferdamException failure =
                Cleanup.attempt(() -> environment.stopUnit(old, oldSpec.stopGrace(), stopDeadline()));
        for (int attempt = 0; attempt < 2; attempt++) {
            failure = Cleanup.attempt(() -> session.driver.remove(old.id(), session.callDeadline()));
            if (failure == null) {
                return;
            }
        }
        LOG.warn(
                "'{}' was updated, but what it was before is still there as '{}'; the next update removes it: {}",
                environment.name(),
                environment.name() + OLD,
                failure == null ? "" : failure.getMessage());
    }

    private Deadline stopDeadline() {
        return Deadline.in(session.config.callTimeout().plus(oldSpec.stopGrace()));
    }

    private void startOldAgain() {
        environment.startWithCare(old, oldSpec, session.callDeadline());
        session.feed.notBegun(old.id());
    }

    private void discard(Incarnation replacement) {
        home.supervisor().disarm(replacement.id());
        home.lifetimes().cancel(replacement.id());
        session.driver.remove(replacement.id(), session.callDeadline());
        session.feed.forget(replacement.id());
    }

    private void removeByName(String engineName) {
        try {
            Unit leftover = session.driver.inspect(engineName, deadline);
            session.driver.remove(leftover.status().id(), deadline);
        } catch (NotFoundException none) {
            // The usual case: no update was interrupted.
            return;
        }
    }

    private boolean sharesFixedPort() {
        return newSpec.ports().stream().anyMatch(port -> port.fixedHostPort() != null && isOld(port));
    }

    private EnvironmentSpec onlyNewPorts() {
        return newSpec.toBuilder()
                .withPorts(newSpec.ports().stream().filter(port -> !isOld(port)).toList())
                .build();
    }

    private boolean isOld(PortMapping port) {
        return oldSpec.ports().stream()
                .anyMatch(other -> other.protocol() == port.protocol()
                        && other.fixedHostPort() != null
                        && other.fixedHostPort().equals(port.fixedHostPort()));
    }

    private EnvironmentSpec complete(EnvironmentSpec changed) {
        List<Problem> problems = new ArrayList<>();
        keep("name", changed.name(), Optional.of(environment.name()), problems);
        keep("stack", changed.stack(), oldSpec.stack(), problems);
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the update of '" + environment.name() + "'", problems);
        }
        EnvironmentSpec.Builder complete = changed.toBuilder().name(environment.name());
        oldSpec.stack().ifPresent(complete::stack);
        return complete.build();
    }

    private static void keep(String what, Optional<String> wanted, Optional<String> present, List<Problem> problems) {
        if (wanted.isPresent() && !wanted.equals(present)) {
            problems.add(new Problem(
                    what,
                    "an update cannot change it from "
                            + present.map(v -> "'" + v + "'").orElse("none") + " to '" + wanted.get() + "'",
                    "create another environment and remove this one"));
        }
    }

    /**
     * Finds the environment of a name whose update was cut off between the two renames, when nothing has the name, and
     * ends that update: forwards, for its replacement was ready.
     */
    static Optional<Unit> recover(EngineSession session, String name) {
        List<Unit> units = session.driver.list(LabelSelector.of(Labels.ENVIRONMENT, name), session.callDeadline());
        Optional<Unit> next = units.stream()
                .filter(unit -> unit.engineName().equals(name + NEXT))
                .findFirst();
        Optional<Unit> former = units.stream()
                .filter(unit -> unit.engineName().equals(name + OLD))
                .findFirst();
        if (former.isEmpty()) {
            // A lone NAME.next was never ready; it is removed by the next update or with the stack.
            return Optional.empty();
        }
        Unit survivor = next.orElse(former.get());
        session.driver.rename(survivor.status().id(), name, session.callDeadline());
        if (next.isPresent()) {
            session.driver.remove(former.get().status().id(), session.callDeadline());
        }
        return Optional.of(session.driver.inspect(survivor.status().id(), session.callDeadline()));
    }
}
