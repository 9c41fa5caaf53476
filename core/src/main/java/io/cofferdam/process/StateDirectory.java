package io.cofferdam.process;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.EngineUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where everything is kept.
 *
 * <pre>
 * environments/ID/   one environment each, see {@link UnitDirectory}
 * names/NAME/ID      the claim of an environment on its name, see {@link Claim}
 * volumes/NAME/      one named volume each, see {@link ProcessVolumes}
 * snapshots/NAME/    one snapshot each, see {@link SnapshotDirectory}
 * restores/MARK      what becomes of volumes if the JVM that restores them ends, see {@link DirectorySwap}
 * artifacts/DIGEST/  one copied folder each, that instances of services are made from
 * locks/             claims that hold for a moment
 * trash/             what is being deleted
 * </pre>
 */
final class StateDirectory {

    private final Path root;
    private final Path volumes;

    StateDirectory(Path root) {
        this(root, root.resolve("volumes"));
    }

    private StateDirectory(Path root, Path volumes) {
        this.root = root;
        this.volumes = volumes;
    }

    /** The configured place, or the one the operating system has for such things. */
    static StateDirectory of(EngineConfig config, Host host) {
        Path root = config.stateDirectory()
                .orElseGet(() -> byDefault(host, System.getenv(), System.getProperty("user.home", ".")));
        return new StateDirectory(root, config.volumeDirectory().orElse(root.resolve("volumes")));
    }

    static Path byDefault(Host host, Map<String, String> env, String home) {
        return switch (host) {
            case WINDOWS -> Path.of(env.getOrDefault("LOCALAPPDATA", home), "Cofferdam");
            case UNIX ->
                host.systemName().equals("darwin")
                        ? Path.of(home, "Library", "Application Support", "Cofferdam")
                        : underState(env, home);
            case LINUX -> underState(env, home);
        };
    }

    private static Path underState(Map<String, String> env, String home) {
        // The specification of XDG_STATE_HOME has relative paths ignored.
        return Optional.ofNullable(env.get("XDG_STATE_HOME"))
                .filter(value -> value.startsWith("/"))
                .map(Path::of)
                .orElseGet(() -> Path.of(home, ".local", "state"))
                .resolve("cofferdam");
    }

    Path root() {
        return root;
    }

    Path environments() {
        return root.resolve("environments");
    }

    Path names() {
        return root.resolve("names");
    }

    Path volumes() {
        return volumes;
    }

    Path snapshots() {
        return root.resolve("snapshots");
    }

    Path restores() {
        return root.resolve("restores");
    }

    Path artifacts() {
        return root.resolve("artifacts");
    }

    Path locks() {
        return root.resolve("locks");
    }

    Path trash() {
        return root.resolve("trash");
    }

    UnitDirectory unit(String id) {
        return new UnitDirectory(environments().resolve(id));
    }

    /** Makes what is missing; nobody but the owner may enter. */
    void make() {
        try {
            Files.createDirectories(root, Permissions.directory());
            for (Path part : new Path[] {environments(), names(), volumes(), snapshots(), locks(), trash()}) {
                Files.createDirectories(part, Permissions.directory());
            }
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    "the process engine cannot keep its state in " + root + ": " + Failures.reason(e)
                            + "; choose another state directory",
                    e);
        }
    }

    /** Lets other users pass through to the directories of environments that run as such, without seeing any names. */
    void letOthersPass() throws IOException {
        Permissions.set(root, "rwx--x--x");
        Permissions.set(environments(), "rwx--x--x");
    }
}
