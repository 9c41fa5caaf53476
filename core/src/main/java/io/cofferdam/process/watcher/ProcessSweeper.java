package io.cofferdam.process.watcher;

import io.cofferdam.watcher.Sweeper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Sweeps a state directory of the process engine. It takes no part in the locks of single environments: what it removes
 * belongs to a dead JVM or has lived long enough, and whoever is using it finds it removed as by any other caller.
 */
public final class ProcessSweeper implements Sweeper {

    /** The setting with the state directory. */
    public static final String STATE = "state";

    /** The setting with the directory of the volumes. */
    public static final String VOLUMES = "volumes";

    private static final Pattern ID = Pattern.compile("[0-9a-f]{16}");
    private static final Duration PREPARING = Duration.ofSeconds(5);
    private static final String LOST = "gone";

    private final Path state;
    private final Path volumes;
    private final String owner;

    /** What the names of files begin with that the owner is putting together or deleting. */
    private final String jvm;

    private final NetworkFolders networks;

    /** Stacks that have lost members, whose networks may have another owner. */
    private final Set<String> stacks = new HashSet<>();

    /**
     * For the watcher.
     *
     * @param settings {@link #STATE}, {@link #VOLUMES} and {@link Sweeper#OWNER}
     */
    public ProcessSweeper(Map<String, String> settings) {
        state = Path.of(settings.getOrDefault(STATE, LOST));
        volumes =
                Path.of(settings.getOrDefault(VOLUMES, state.resolve("volumes").toString()));
        owner = settings.getOrDefault(OWNER, LOST);
        String[] process = owner.split(":", -1);
        jvm = (process.length == 3 ? process[1] + "-" + process[2] : LOST) + "-";
        networks = new NetworkFolders(real(state).resolve("networks"), owner);
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException notThereYet) {
            return path;
        }
    }

    /**
     * All classes that it needs besides those of the watcher itself.
     *
     * @return the classes
     */
    public static List<Class<?>> parts() {
        return List.of(
                ProcessSweeper.class,
                UnitFacts.class,
                Deletion.class,
                UnitProcesses.class,
                NetworkFolders.class,
                Restorations.class);
    }

    @Override
    public Set<String> owners() throws IOException {
        Set<String> owners = new TreeSet<>();
        owners(state.resolve("environments"), "unit.json", owners);
        owners(volumes, "volume.json", owners);
        owners.addAll(Restorations.owners(state.resolve("restores")));
        owners.addAll(NetworkFolders.owners(state.resolve("networks")));
        return owners;
    }

    private static void owners(Path place, String file, Set<String> owners) throws IOException {
        for (Path path : Deletion.entries(place)) {
            UnitFacts.read(path.resolve(file))
                    .map(facts -> facts.label("owner"))
                    .filter(found -> !found.isEmpty())
                    .ifPresent(owners::add);
        }
    }

    @Override
    public Pass sweep(boolean ownerIsDead, boolean remove) throws IOException {
        if (!Files.isDirectory(state)) {
            return new Pass(List.of(), null);
        }
        Round round = new Round(ownerIsDead, remove);
        if (ownerIsDead) {
            // Before anything else goes: what is to be undone is told by what is still there.
            round.found.addAll(new Restorations(state, volumes, jvm).sweep(remove));
            round.letGoOn();
        }
        round.environments();
        if (ownerIsDead) {
            round.names();
            round.volumes();
            round.prepared(state.resolve("environments"), "." + jvm);
            round.prepared(state.resolve("trash"), jvm);
            round.prepared(state.resolve("snapshots"), "." + jvm);
            round.snapshots();
            round.found.addAll(networks.sweep(remove, stacks));
        }
        return new Pass(round.found, round.next);
    }

    /** One pass. */
    private final class Round {
        private final boolean ownerIsDead;
        private final boolean remove;
        private final Instant now = Instant.now();
        private final Set<String> usedVolumes = new HashSet<>();
        private final List<Found> found = new ArrayList<>();
        private @Nullable Instant next;

        Round(boolean ownerIsDead, boolean remove) {
            this.ownerIsDead = ownerIsDead;
            this.remove = remove;
        }

        void environments() throws IOException {
            Set<String> names = new HashSet<>();
            Set<String> whole = new HashSet<>();
            List<Path> children = new ArrayList<>();
            Map<Path, UnitFacts> updates = new HashMap<>();
            for (Path path : Deletion.entries(state.resolve("environments"))) {
                Optional<UnitFacts> unit = UnitFacts.read(path.resolve("unit.json"));
                if (unit.isEmpty()) {
                    halfMade(path);
                } else if (isOver(unit.get())) {
                    end(path, unit.get(), reason(unit.get()));
                } else {
                    if (unit.get().engineName().equals(unit.get().environment())) {
                        whole.add(unit.get().environment());
                    } else if (ownerIsDead && unit.get().label("owner").equals(owner)) {
                        updates.put(path, unit.get());
                    }
                    names.add(unit.get().environment());
                    usedVolumes.addAll(unit.get().volumes());
                    if (unit.get().label("lifetime").equals("child")) {
                        children.add(path);
                    }
                }
            }
            for (Map.Entry<Path, UnitFacts> update : updates.entrySet()) {
                // Without one of that name the next one who looks for it ends the update.
                if (whole.contains(update.getValue().environment())) {
                    end(update.getKey(), update.getValue(), "the JVM that was updating the environment has ended");
                }
            }
            for (Path path : children) {
                Optional<UnitFacts> child = UnitFacts.read(path.resolve("unit.json"));
                // The first look was no snapshot: an update could have replaced the parent behind it.
                if (child.isPresent()
                        && !names.contains(child.get().label("parent"))
                        && !isThere(child.get().label("parent"))) {
                    end(path, child.get(), "its parent '" + child.get().label("parent") + "' is gone");
                }
            }
        }

        /** What was frozen to be saved when its JVM ended. */
        void letGoOn() throws IOException {
            for (Path path : Deletion.entries(state.resolve("snapshots"))) {
                String id = Deletion.name(path).startsWith("." + jvm)
                        ? read(path.resolve("frozen")).strip()
                        : "";
                if (remove && ID.matcher(id).matches()) {
                    Path unit = state.resolve("environments").resolve(id);
                    new UnitProcesses(unit, id).letGoOn();
                    Files.deleteIfExists(unit.resolve("paused"));
                }
            }
        }

        void snapshots() throws IOException {
            for (Path path : Deletion.entries(state.resolve("snapshots"))) {
                if (read(path.resolve("session")).startsWith(jvm)) {
                    String name = Deletion.name(path);
                    found.add(new Found("image", name, name, "the JVM of its session has ended"));
                    if (remove) {
                        discard(path, name);
                    }
                }
            }
        }

        private boolean isThere(String environment) throws IOException {
            for (Path path : Deletion.entries(state.resolve("environments"))) {
                Optional<UnitFacts> unit = UnitFacts.read(path.resolve("unit.json"));
                if (unit.isPresent() && unit.get().environment().equals(environment)) {
                    return true;
                }
            }
            return false;
        }

        private String reason(UnitFacts unit) {
            return unit.label("lifetime").equals("ttl") ? "its time is over" : "the JVM of its session has ended";
        }

        private void halfMade(Path path) throws IOException {
            boolean half = ownerIsDead
                    && read(path.resolve("maker")).startsWith(jvm)
                    && !Files.exists(path.resolve("unit.json"));
            if (half) {
                end(path, new UnitFacts(""), "the JVM that was making it has ended");
            }
        }

        private boolean isOver(UnitFacts unit) {
            if (!unit.label("owner").equals(owner)) {
                return false;
            }
            String lifetime = unit.label("lifetime");
            if (!lifetime.equals("ttl")) {
                return ownerIsDead && lifetime.equals("session");
            }
            try {
                Instant end = Instant.parse(unit.label("expires"));
                if (end.isAfter(now)) {
                    next = next == null || end.isBefore(next) ? end : next;
                    return false;
                }
                return true;
            } catch (DateTimeException notOurs) {
                return false;
            }
        }

        /** Takes an environment away as its engine would: processes, files, name. Its address goes with the directory. */
        private void end(Path path, UnitFacts unit, String reason) throws IOException {
            String id = Deletion.name(path);
            String engineName = unit.engineName();
            found.add(new Found("environment", engineName.isEmpty() ? id : engineName, id, reason));
            stacks.add(unit.label("stack"));
            if (!remove) {
                return;
            }
            new UnitProcesses(path, id).end();
            discard(path, id);
            // Something may have been on its way into existence while the rest was ended.
            new UnitProcesses(path, id).end();
            if (!engineName.isEmpty()) {
                Path name = state.resolve("names").resolve(engineName);
                Files.deleteIfExists(name.resolve(id));
                Deletion.ifEmpty(name);
            }
        }

        private void discard(Path path, String name) throws IOException {
            // A volume may lie on another file system than the trash.
            String marked = jvm + name + "-" + UUID.randomUUID();
            Path doomed =
                    path.startsWith(state) ? state.resolve("trash").resolve(marked) : path.resolveSibling("." + marked);
            try {
                Files.move(path, doomed, StandardCopyOption.ATOMIC_MOVE);
            } catch (NoSuchFileException gone) {
                return;
            }
            Deletion.of(doomed);
        }

        /** Claims of environments that are not there. Every environment is there before it claims a name. */
        void names() throws IOException {
            Path environments = state.resolve("environments");
            for (Path name : Deletion.entries(state.resolve("names"))) {
                for (Path claim : Deletion.entries(name)) {
                    String id = Deletion.name(claim);
                    if (ID.matcher(id).matches() && !Files.exists(environments.resolve(id))) {
                        found.add(new Found("files", claim.toString(), id, "the environment it is for is gone"));
                        if (remove) {
                            Files.deleteIfExists(claim);
                        }
                    }
                }
                if (remove && (!Deletion.name(name).startsWith(".") || isOld(name))) {
                    Deletion.ifEmpty(name);
                }
            }
        }

        /** A claim that is being prepared is empty for a moment. */
        private boolean isOld(Path claim) throws IOException {
            return Files.exists(claim)
                    && Files.getLastModifiedTime(claim).toInstant().isBefore(now.minus(PREPARING));
        }

        void volumes() throws IOException {
            prepared(volumes, "." + jvm);
            for (Path volume : Deletion.entries(volumes)) {
                Optional<UnitFacts> facts = UnitFacts.read(volume.resolve("volume.json"));
                boolean session = facts.isPresent()
                        && facts.get().label("owner").equals(owner)
                        && facts.get().label("lifetime").equals("session");
                // The prefix that a folder's name has and a mount's has not is not known here.
                if (session && usedVolumes.stream().noneMatch(Deletion.name(volume)::endsWith)) {
                    String name = Deletion.name(volume);
                    found.add(new Found("volume", name, name, "the JVM of its session has ended"));
                    if (remove) {
                        discard(volume, name);
                    }
                }
            }
        }

        /** What the dead JVM was putting together or deleting. */
        void prepared(Path place, String beginning) throws IOException {
            for (Path path : Deletion.entries(place)) {
                if (Deletion.name(path).startsWith(beginning)) {
                    found.add(new Found(
                            "files", path.toString(), Deletion.name(path), "the JVM that used them has ended"));
                    if (remove) {
                        Deletion.of(path);
                    }
                }
            }
        }

        private String read(Path file) {
            try {
                return Files.readString(file, StandardCharsets.UTF_8);
            } catch (IOException none) {
                return "";
            }
        }
    }
}
