package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ImportOptions;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.environment.Snapshots;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.format.SpecJson;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The snapshots of an engine: what is the same on every engine with a {@link SnapshotStore}. */
final class DrivenSnapshots implements Snapshots {

    private static final String REMEDY = "copy files out and in instead, or open an engine that has snapshots";

    private final EngineSession session;
    private final DrivenEnvironments environments;

    /** The snapshots that go with this session. */
    private final Set<String> ofThisSession = ConcurrentHashMap.newKeySet();

    DrivenSnapshots(EngineSession session, DrivenEnvironments environments) {
        this.session = session;
        this.environments = environments;
    }

    private SnapshotStore store() {
        session.ensureOpen();
        session.driver.capabilities().require(Capability.SNAPSHOTS, REMEDY);
        return session.driver.snapshots();
    }

    @Override
    public Optional<Snapshot> find(String name) {
        return store().find(name, session.callDeadline()).map(this::snapshot);
    }

    @Override
    public Snapshot get(String name) {
        return find(name).orElseThrow(() -> {
            Set<String> names = new TreeSet<>();
            store().list(session.callDeadline()).forEach(saved -> names.add(saved.name()));
            List<String> near = Nearest.to(name, names);
            return new NotFoundException("there is no snapshot '" + name + "' on the " + session.engine() + " engine; "
                    + (names.isEmpty()
                            ? "there are none at all"
                            : near.isEmpty()
                                    ? "list the snapshots to see what there is"
                                    : "did you mean '" + String.join("' or '", near) + "'?"));
        });
    }

    @Override
    public List<Snapshot> list(LabelSelector selector) {
        return store().list(session.callDeadline()).stream()
                .map(this::snapshot)
                .filter(snapshot -> selector.matches(snapshot.labels()))
                .sorted(Comparator.comparing(Snapshot::name))
                .toList();
    }

    @Override
    public void remove(String name) {
        store().remove(name, session.transferDeadline());
        ofThisSession.remove(name);
    }

    /** Keeps what a unit is now. */
    Snapshot save(String name, String unit, EnvironmentSpec spec, Map<String, String> labels) {
        SnapshotStore store = store();
        SnapshotLabels.check(name, labels);
        Map<String, String> all =
                SnapshotLabels.of(name, spec, labels, spec.lifetime() instanceof Lifetime.Session ? session.owner : "");
        List<SavedSnapshot.SavedVolume> volumes = new ArrayList<>();
        for (Mount mount : spec.mounts()) {
            if (mount instanceof Mount.Volume volume) {
                volumes.add(new SavedSnapshot.SavedVolume(volume.volume(), volume.target()));
            }
        }
        // Killed in the middle, this leaves what has to be cleared up, and perhaps an environment that is frozen.
        session.watcher.expect(Lifetime.session());
        return made(store.save(unit, new SnapshotRequest(name, spec, volumes, all), session.transferDeadline()));
    }

    private Snapshot made(SavedSnapshot saved) {
        if (saved.labels().containsKey(io.cofferdam.environment.Labels.OWNER)) {
            ofThisSession.add(saved.name());
        }
        return snapshot(saved);
    }

    private Snapshot snapshot(SavedSnapshot saved) {
        return SnapshotLabels.read(saved, session.engine());
    }

    /** What the engine has of a snapshot, which may have been removed meanwhile, or replaced by another of its name. */
    SavedSnapshot stored(Snapshot snapshot) {
        Optional<SavedSnapshot> saved = store().find(snapshot.name(), session.callDeadline());
        return saved.filter(found -> found.id().equals(snapshot.id()))
                .orElseThrow(() -> new NotFoundException("there is no snapshot '" + snapshot.name() + "' ("
                        + snapshot.id() + ") on the " + session.engine() + " engine any more: it was "
                        + (saved.isPresent() ? "replaced by another one of its name" : "removed")));
    }

    @Override
    public IsolatedEnvironment fork(Snapshot snapshot, String name) {
        EnvironmentSpec spec = SnapshotLabels.withSecrets(snapshot, valuesOfSource(snapshot));
        List<Mount> mounts = new ArrayList<>();
        for (Mount mount : spec.mounts()) {
            mounts.add(
                    mount instanceof Mount.Volume volume
                            ? new Mount.Volume(name + "-" + volume.volume(), volume.target(), volume.readOnly())
                            : mount);
        }
        List<PortMapping> ports = spec.ports().stream()
                .map(port -> new PortMapping(port.port(), port.protocol(), null, port.hostAddress()))
                .toList();
        return fork(
                snapshot,
                spec.toBuilder().name(name).withMounts(mounts).withPorts(ports).build());
    }

    private Map<String, String> valuesOfSource(Snapshot snapshot) {
        if (snapshot.spec().secretNames().isEmpty()) {
            return Map.of();
        }
        return environments
                .find(snapshot.environment())
                .map(source -> source.spec().env())
                .orElse(Map.of());
    }

    @Override
    public IsolatedEnvironment fork(Snapshot snapshot, EnvironmentSpec spec) {
        SavedSnapshot saved = stored(snapshot);
        return environments.create(
                SnapshotLabels.onSnapshot(spec, snapshot),
                Map.of(),
                new CreateRequest.Origin(saved.id(), true),
                session.transferDeadline());
    }

    /** What an environment is to be when it goes back to a snapshot. */
    EnvironmentSpec goal(String name, EnvironmentSpec present, Snapshot snapshot) {
        if (!snapshot.environment().equals(name) || !snapshot.engine().equals(session.engine())) {
            throw new InvalidInputException(
                    "the restoring of '" + name + "'",
                    List.of(new Problem(
                            "snapshot",
                            "'" + snapshot.name() + "' is of '" + snapshot.environment() + "' on the "
                                    + snapshot.engine() + " engine",
                            "fork it, or export and import it, to make another environment of it")));
        }
        return SnapshotLabels.onSnapshot(SnapshotLabels.withSecrets(snapshot, present.env()), snapshot);
    }

    /** Refuses to change a volume under something that runs. */
    void refuseShared(String name, List<Mount.Volume> mounts) {
        if (mounts.isEmpty()) {
            return;
        }
        for (Unit unit : session.driver.list(LabelSelector.all(), session.callDeadline())) {
            String label = unit.status().labels().get(io.cofferdam.environment.Labels.SPEC);
            if (label == null
                    || !unit.status().state().isAlive()
                    || unit.status().name().equals(name)) {
                continue;
            }
            for (Mount mount : SpecJson.read(label, Map.of()).mounts()) {
                if (mount instanceof Mount.Volume used
                        && mounts.stream().anyMatch(own -> own.volume().equals(used.volume()))) {
                    throw new WrongStateException("could not restore '" + name + "' (" + session.engine()
                            + "): volume '" + used.volume() + "' is also used by '"
                            + unit.status().name() + "', which runs; stop that first");
                }
            }
        }
    }

    @Override
    public void exportTo(Snapshot snapshot, Path file) {
        SavedSnapshot saved = stored(snapshot);
        SnapshotExport export = new SnapshotExport(session, store(), saved, snapshot);
        export.to(file, session.transferDeadline());
    }

    @Override
    public void exportTo(Snapshot snapshot, OutputStream out) {
        SavedSnapshot saved = stored(snapshot);
        SnapshotExport export = new SnapshotExport(session, store(), saved, snapshot);
        export.to(out, session.transferDeadline());
    }

    @Override
    public Snapshot importFrom(Path file, ImportOptions options) {
        SnapshotImport imported = new SnapshotImport(session, store(), options);
        return made(imported.from(file, session.transferDeadline()));
    }

    @Override
    public Snapshot importFrom(InputStream in, ImportOptions options) {
        SnapshotImport imported = new SnapshotImport(session, store(), options);
        return made(imported.from(in, "the given stream", session.transferDeadline()));
    }

    /** Removes what goes with the session; also while it closes. */
    void removeOfThisSession() {
        List<CofferdamException> failures = new ArrayList<>();
        for (String name : ofThisSession) {
            Deadline deadline = session.callDeadline();
            CofferdamException failure =
                    Cleanup.attempt(() -> session.driver.snapshots().remove(name, deadline));
            if (failure != null) {
                failures.add(failure);
            }
        }
        if (!failures.isEmpty()) {
            CofferdamException first = failures.get(0);
            failures.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }
}
