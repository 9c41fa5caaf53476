package io.cofferdam.process;

import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
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
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** The environments in the state directory, and whose name is whose. */
final class Units {

    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Duration LEFT_BEHIND = Duration.ofMinutes(1);

    private final StateDirectory state;
    private final ProcessTable processes;
    private final Jvm jvm;

    /** What was read last, by identifier: reading the text again takes microseconds, parsing it most of a millisecond. */
    private final Map<String, Parsed> parsed = new ConcurrentHashMap<>();

    private record Parsed(String text, UnitRecord unit) {}

    Units(StateDirectory state, ProcessTable processes, Jvm jvm) {
        this.state = state;
        this.processes = processes;
        this.jvm = jvm;
    }

    /** An environment that is complete; empty if there is none of that identifier. */
    Optional<UnitRecord> read(String id) {
        if (!ID.matcher(id).matches()) {
            return Optional.empty();
        }
        Optional<String> text = AtomicFile.read(state.unit(id).unit());
        if (text.isEmpty()) {
            parsed.remove(id);
            return Optional.empty();
        }
        Parsed known = parsed.get(id);
        if (known == null || !known.text().equals(text.get())) {
            known = new Parsed(text.get(), UnitRecord.parse(text.get()));
            parsed.put(id, known);
        }
        return Optional.of(known.unit());
    }

    /** An environment by its identifier or its name on the engine. */
    UnitRecord find(String idOrName) {
        Optional<UnitRecord> byId = read(idOrName);
        if (byId.isPresent()) {
            return byId.get();
        }
        return holder(idOrName)
                .flatMap(this::read)
                .filter(unit -> unit.engineName().equals(idOrName))
                .orElseThrow(() -> new NotFoundException("there is no environment '" + idOrName + "' (process, "
                        + state.root() + "); it may have been removed"));
    }

    /** The identifiers of all environments, half-made ones included. */
    List<String> ids() {
        List<String> ids = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(state.environments())) {
            for (Path entry : entries) {
                String id = String.valueOf(entry.getFileName());
                if (ID.matcher(id).matches()) {
                    ids.add(id);
                }
            }
        } catch (NoSuchFileException none) {
            return ids;
        } catch (IOException | DirectoryIteratorException e) {
            throw Failures.of("listing the environments in " + state.root(), e);
        }
        return ids;
    }

    /** All complete environments. */
    List<UnitRecord> all() {
        return ids().stream().map(this::read).flatMap(Optional::stream).toList();
    }

    private Optional<String> holder(String name) {
        if (name.isEmpty() || name.indexOf('/') >= 0 || name.startsWith(".") || name.indexOf('\0') >= 0) {
            return Optional.empty();
        }
        try {
            return Claim.holders(state.names().resolve(name)).stream().findFirst();
        } catch (IOException e) {
            throw Failures.of("looking for '" + name + "'", e);
        }
    }

    /** Takes a name for an environment. */
    void claimName(String name, String id) {
        try {
            if (Claim.take(state.names().resolve(name), id, other -> isTakenBy(other, id))
                    .isEmpty()) {
                throw taken(name);
            }
        } catch (IOException e) {
            throw Failures.of("taking the name '" + name + "'", e);
        }
    }

    /** Refuses a name that is taken now, before anything is made. */
    void refuseTaken(String name, String id) {
        if (holder(name).filter(other -> isTakenBy(other, id)).isPresent()) {
            throw taken(name);
        }
    }

    private boolean isTakenBy(String other, String id) {
        return !other.equals(id) && exists(other);
    }

    private static NameTakenException taken(String name) {
        return new NameTakenException("could not give the name '" + name
                + "' to an environment (process): there is one of that name already; remove it or choose another name");
    }

    void releaseName(String name, String id) {
        try {
            Claim.release(state.names().resolve(name), id);
        } catch (IOException e) {
            throw Failures.of("giving back the name '" + name + "'", e);
        }
    }

    /** Whether an environment is there or being made by somebody alive. */
    private boolean exists(String id) {
        UnitDirectory unit = state.unit(id);
        return Files.exists(unit.unit())
                || AtomicFile.read(unit.maker())
                        .filter(maker -> Jvm.isAlive(processes, maker))
                        .isPresent()
                || Files.exists(unit.unit());
    }

    /** Begins an environment: a directory that says who makes it. */
    UnitDirectory begin(String id) throws IOException {
        // It appears with the maker in it at once, so that nobody takes it for one that was left half-made.
        Path prepared = prepared(state.environments(), id);
        Files.createDirectory(prepared, Permissions.directory());
        AtomicFile.write(new UnitDirectory(prepared).maker(), jvm.token());
        UnitDirectory unit = state.unit(id);
        Files.move(prepared, unit.path(), StandardCopyOption.ATOMIC_MOVE);
        return unit;
    }

    /** Where something is put together before it appears as a whole; the name says by whom, for those who clear up. */
    Path prepared(Path place, String name) {
        return place.resolve("." + jvm.process() + "-" + name);
    }

    /** Where something goes to be deleted; the name says by whom. */
    Path doomed(String name) {
        return state.trash().resolve(jvm.process() + "-" + name + "-" + UUID.randomUUID());
    }

    /** Makes an environment, or a change to it, seen by everybody. */
    void write(UnitRecord unit) throws IOException {
        String text = unit.toJson();
        AtomicFile.write(state.unit(unit.id()).unit(), text);
        parsed.put(unit.id(), new Parsed(text, unit));
    }

    /** Takes an environment away at once, then deletes its files. */
    void delete(UnitDirectory unit) throws IOException {
        Path doomed = doomed(unit.id());
        try {
            Files.move(unit.path(), doomed, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException gone) {
            return;
        }
        parsed.remove(unit.id());
        Trees.delete(doomed);
    }

    /**
     * Clears away what a crash left: directories half-made by a JVM that is dead, and what it did not get to delete.
     *
     * @param abandon told each half-made directory before it goes
     */
    void sweep(Consumer<UnitDirectory> abandon) {
        try {
            for (String id : ids()) {
                UnitDirectory unit = state.unit(id);
                if (!exists(id) && Files.isDirectory(unit.path())) {
                    abandon.accept(unit);
                    delete(unit);
                }
            }
            for (Path place :
                    List.of(state.trash(), state.environments(), state.names(), state.volumes(), state.locks())) {
                sweepOld(place, place.equals(state.trash()));
            }
        } catch (IOException e) {
            throw Failures.of("clearing " + state.root(), e);
        }
    }

    /** What is being deleted or prepared carries no owner; what was there a minute ago still has nobody any more. */
    private static void sweepOld(Path place, boolean all) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(place, all ? "*" : ".*")) {
            for (Path entry : entries) {
                Instant changed = Files.getLastModifiedTime(entry).toInstant();
                if (changed.isBefore(Instant.now().minus(LEFT_BEHIND))) {
                    Trees.delete(entry);
                }
            }
        } catch (NoSuchFileException goneMeanwhile) {
            // Another engine on the same directory sweeps as well.
        }
    }
}
