package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.FileSink;
import io.cofferdam.driver.FileSource;
import io.cofferdam.driver.SavedSnapshot;
import io.cofferdam.driver.SnapshotRequest;
import io.cofferdam.driver.SnapshotStore;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Snapshots of processes: copies of their directories and volumes, see {@link SnapshotDirectory}. */
final class ProcessSnapshots implements SnapshotStore {

    /** How long a frozen environment may take to be let go on; there is nothing to wait for. */
    private static final Duration LETTING_GO = Duration.ofSeconds(10);

    private final ProcessParts parts;
    private final Jvm jvm;
    private final Clones clones = new Clones();

    ProcessSnapshots(ProcessParts parts, Jvm jvm) {
        this.parts = parts;
        this.jvm = jvm;
    }

    /** What is put into a directory that is being made. */
    @FunctionalInterface
    private interface Content {
        /** Puts it there; tells its size. */
        long into(SnapshotDirectory directory) throws IOException;
    }

    @Override
    public SavedSnapshot save(String id, SnapshotRequest request, Deadline deadline) {
        String what = "making snapshot '" + request.name() + "'";
        UnitRecord unit = parts.units
                .read(id)
                .orElseThrow(() -> new NotFoundException(
                        what + " failed (process): there is no such environment; it may have been removed"));
        return make(request, what, directory -> {
            boolean paused = pause(unit, directory, deadline);
            try {
                return copy(unit, request, directory, deadline, what);
            } catch (IOException e) {
                if (parts.units.read(id).isEmpty()) {
                    throw new NotFoundException(what + " failed (process): the environment was removed meanwhile", e);
                }
                throw e;
            } finally {
                if (paused) {
                    resume(unit);
                }
            }
        });
    }

    /** Whether it was this call that froze it. */
    private boolean pause(UnitRecord unit, SnapshotDirectory directory, Deadline deadline) throws IOException {
        if (!parts.host.isPosix()
                || parts.runs.read(parts.state.unit(unit.id())).state() != EnvironmentState.RUNNING) {
            return false;
        }
        AtomicFile.write(directory.frozen(), unit.id());
        try {
            parts.runner.pause(unit, deadline);
            return true;
        } catch (WrongStateException endedMeanwhile) {
            Files.deleteIfExists(directory.frozen());
            return false;
        }
    }

    private void resume(UnitRecord unit) {
        boolean interrupted = Thread.interrupted();
        try {
            parts.runner.resume(unit, Deadline.in(LETTING_GO));
        } catch (WrongStateException | NotFoundException goneMeanwhile) {
            // Somebody else let it go on, stopped or removed it.
            return;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private long copy(
            UnitRecord unit, SnapshotRequest request, SnapshotDirectory directory, Deadline deadline, String what)
            throws IOException {
        Path root = parts.state.unit(unit.id()).root();
        clones.copy(root, directory.root(), deadline, what);
        InsidePaths copied = new InsidePaths(unit.name(), directory.root(), List.of());
        for (Mount mount : unit.spec().mounts()) {
            withoutLink(copied, mount.target());
        }
        long size = TreeFacts.settle(directory.root(), root);
        for (int i = 0; i < request.volumes().size(); i++) {
            Path data = parts.volumes.data(request.volumes().get(i).volume());
            clones.copy(data, directory.volume(i), deadline, what);
            size += TreeFacts.settle(directory.volume(i), data);
        }
        return size;
    }

    /** Mounts are links; what they lead to is saved by itself, or not at all. */
    private static void withoutLink(InsidePaths copied, String target) throws IOException {
        try {
            Path link = copied.resolve(target);
            if (Files.isSymbolicLink(link)) {
                Files.delete(link);
            }
        } catch (UnsafePathException belowAnotherMount) {
            // It is in that mount, and not in what was copied.
            return;
        }
    }

    /** Tells whoever clears up whose something is. */
    private String mark() {
        return jvm.process() + "-" + UUID.randomUUID();
    }

    private SavedSnapshot make(SnapshotRequest request, String what, Content content) {
        refuseTaken(request.name());
        Path snapshots = parts.state.snapshots();
        SnapshotDirectory prepared = new SnapshotDirectory(snapshots.resolve("." + mark()));
        try {
            Files.createDirectory(prepared.path(), Permissions.directory());
            AtomicFile.write(prepared.maker(), jvm.token());
            Files.createDirectory(prepared.volumes(), Permissions.directory());
            long size = content.into(prepared);
            SavedSnapshot saved = new SavedSnapshot(
                    request.name(),
                    UUID.randomUUID().toString(),
                    Instant.now(),
                    size,
                    request.volumes(),
                    request.labels());
            prepared.write(saved);
            if (request.labels().containsKey(Labels.OWNER)) {
                AtomicFile.write(prepared.session(), jvm.token());
            }
            Files.deleteIfExists(prepared.maker());
            Files.deleteIfExists(prepared.frozen());
            place(prepared, request.name());
            return saved;
        } catch (IOException | RuntimeException e) {
            boolean interrupted = Thread.interrupted();
            try {
                Trees.delete(prepared.path());
            } catch (IOException second) {
                e.addSuppressed(second);
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw Failures.of(what, e);
        }
    }

    /** Fails where there is a directory with something in it, so of two at once one gets the name. */
    private void place(SnapshotDirectory prepared, String name) throws IOException {
        Path place = parts.state.snapshots().resolve(name);
        try {
            Files.move(prepared.path(), place, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileSystemException occupied) {
            if (Files.exists(place)) {
                throw taken(name);
            }
            throw occupied;
        }
    }

    private void refuseTaken(String name) {
        if (Files.exists(parts.state.snapshots().resolve(name))) {
            throw taken(name);
        }
    }

    private static NameTakenException taken(String name) {
        return new NameTakenException("could not give the name '" + name
                + "' to a snapshot (process): there is one of that name already; remove it or choose another name");
    }

    private SnapshotDirectory directory(String name) {
        return new SnapshotDirectory(parts.state.snapshots().resolve(name));
    }

    @Override
    public Optional<SavedSnapshot> find(String name, Deadline deadline) {
        return name.matches("[a-z0-9-]{1,63}") ? directory(name).read() : Optional.empty();
    }

    @Override
    public List<SavedSnapshot> list(Deadline deadline) {
        List<SavedSnapshot> all = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parts.state.snapshots(), "[!.]*")) {
            for (Path entry : entries) {
                new SnapshotDirectory(entry).read().ifPresent(all::add);
            }
        } catch (NoSuchFileException none) {
            return all;
        } catch (IOException | DirectoryIteratorException e) {
            throw Failures.of("listing the snapshots in " + parts.state.snapshots(), e);
        }
        return all;
    }

    @Override
    public void remove(String name, Deadline deadline) {
        if (find(name, deadline).isEmpty()) {
            return;
        }
        try {
            Path doomed = parts.state.trash().resolve(UUID.randomUUID().toString());
            Files.move(directory(name).path(), doomed, StandardCopyOption.ATOMIC_MOVE);
            Trees.delete(doomed);
        } catch (NoSuchFileException gone) {
            // Somebody else removed it at the same time.
            return;
        } catch (IOException e) {
            throw Failures.of("removing snapshot '" + name + "'", e);
        }
    }

    /** The snapshot of an identifier. */
    private SnapshotDirectory byId(String id) {
        return list(Deadline.none()).stream()
                .filter(saved -> saved.id().equals(id))
                .findFirst()
                .map(saved -> directory(saved.name()))
                .orElseThrow(() -> gone(id, null));
    }

    private static NotFoundException gone(String id, @org.jspecify.annotations.Nullable Throwable cause) {
        return new NotFoundException("there is no snapshot " + id + " (process) any more: it was removed", cause);
    }

    /** Lets an environment that is being made begin as a snapshot: its directory, and its own volumes if wanted. */
    List<String> fill(String id, Path root, EnvironmentSpec spec, boolean fillsVolumes, Deadline deadline, String what)
            throws IOException {
        SnapshotDirectory from = byId(id);
        List<SavedSnapshot.SavedVolume> saved =
                from.read().map(SavedSnapshot::volumes).orElse(List.of());
        List<String> made = new ArrayList<>();
        try {
            clones.copy(from.root(), root, deadline, what);
            for (int i = 0; fillsVolumes && i < saved.size(); i++) {
                for (Mount mount : spec.mounts()) {
                    if (mount instanceof Mount.Volume volume
                            && volume.target().equals(saved.get(i).target())) {
                        if (parts.volumes.find(volume.volume()).isPresent()) {
                            throw new NameTakenException(what + " failed (process): there is a volume '"
                                    + volume.volume() + "' already; remove it or choose another name");
                        }
                        made.add(volume.volume());
                        parts.volumes.ensure(volume.volume(), Map.of());
                        Path data = parts.volumes.data(volume.volume());
                        Files.delete(data);
                        clones.copy(from.volume(i), data, deadline, what);
                    }
                }
            }
            return made;
        } catch (IOException | RuntimeException e) {
            forget(made, e);
            if (e instanceof IOException && !Files.exists(from.path())) {
                throw gone(id, e);
            }
            throw e;
        }
    }

    /** Removes volumes that were made for what did not come about. */
    void forget(List<String> volumes, Exception cause) {
        boolean interrupted = Thread.interrupted();
        for (String volume : volumes) {
            try {
                parts.volumes.remove(volume);
            } catch (RuntimeException second) {
                cause.addSuppressed(second);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public VolumeSwap swapVolumes(String id, String unit, List<Mount.Volume> mounts, Deadline deadline) {
        String what = "giving volumes the content of a snapshot";
        SnapshotDirectory from = byId(id);
        List<SavedSnapshot.SavedVolume> saved =
                from.read().map(SavedSnapshot::volumes).orElse(List.of());
        DirectorySwap swap = new DirectorySwap(parts.state.restores(), mark(), unit);
        try {
            for (int i = 0; i < saved.size(); i++) {
                for (Mount.Volume mount : mounts) {
                    if (mount.target().equals(saved.get(i).target())) {
                        parts.volumes.ensure(mount.volume(), Map.of());
                        Path data = parts.volumes.data(mount.volume());
                        clones.copy(from.volume(i), swap.beside(data), deadline, what);
                    }
                }
            }
            swap.exchange();
            return swap;
        } catch (IOException | RuntimeException e) {
            boolean interrupted = Thread.interrupted();
            swap.abandon(e);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw Files.exists(from.path()) ? Failures.of(what, e) : gone(id, e);
        }
    }

    @Override
    public EnvironmentSpec portable(String id, EnvironmentSpec spec, Deadline deadline) {
        // Paths begin at the environment's directory, which is the root elsewhere.
        return spec.workingDirectory().isPresent()
                ? spec
                : spec.toBuilder().workingDirectory("/").build();
    }

    @Override
    public void send(String id, FileSink sink, Deadline deadline) {
        SnapshotDirectory from = byId(id);
        String what = "exporting a snapshot (process)";
        try {
            new TreeReader(sink, deadline, what).read(io.cofferdam.driver.FileEntry.ROOT, from.root());
            List<SavedSnapshot.SavedVolume> saved =
                    from.read().map(SavedSnapshot::volumes).orElse(List.of());
            for (int i = 0; i < saved.size(); i++) {
                new TreeReader(sink, deadline, what).read(i, from.volume(i));
            }
        } catch (IOException e) {
            throw Files.exists(from.path(), LinkOption.NOFOLLOW_LINKS) ? Failures.of(what, e) : gone(id, e);
        }
    }

    @Override
    public SavedSnapshot receive(SnapshotRequest request, FileSource source, Deadline deadline) {
        String what = "importing snapshot '" + request.name() + "' (process)";
        return make(request, what, directory -> {
            TreeWriter writer = new TreeWriter(directory, deadline, what);
            return writer.write(request.volumes().size(), source);
        });
    }

    /** Clears away what a crash left, and what went with sessions that are dead. */
    void sweep() {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parts.state.snapshots())) {
            for (Path entry : entries) {
                SnapshotDirectory directory = new SnapshotDirectory(entry);
                String name = String.valueOf(entry.getFileName());
                if (name.startsWith(".")) {
                    boolean alive = AtomicFile.read(directory.maker())
                            .filter(maker -> Jvm.isAlive(parts.processes, maker))
                            .isPresent();
                    if (!alive && isOld(entry)) {
                        letGoOn(directory);
                        Trees.delete(entry);
                    }
                } else {
                    boolean orphaned = AtomicFile.read(directory.session())
                            .filter(session -> !Jvm.isAlive(parts.processes, session))
                            .isPresent();
                    if (orphaned) {
                        remove(name, Deadline.none());
                    }
                }
            }
        } catch (NoSuchFileException goneMeanwhile) {
            // Another engine on the same directory sweeps as well.
            return;
        } catch (IOException | DirectoryIteratorException e) {
            throw Failures.of("clearing " + parts.state.snapshots(), e);
        }
    }

    /** The environment that was frozen while it was saved. */
    private void letGoOn(SnapshotDirectory directory) {
        AtomicFile.read(directory.frozen()).flatMap(parts.units::read).ifPresent(this::resume);
    }

    /** Between its making and the note of who makes it are moments. */
    private static boolean isOld(Path entry) throws IOException {
        return Files.getLastModifiedTime(entry)
                .toInstant()
                .isBefore(Instant.now().minusSeconds(10));
    }
}
