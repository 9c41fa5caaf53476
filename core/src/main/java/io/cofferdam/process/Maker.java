package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes environments: the directory, its content, its description. */
final class Maker {

    private static final int ID_BYTES = 8;

    private final SecureRandom random = new SecureRandom();
    private final Host host;
    private final StateDirectory state;
    private final Units units;
    private final ProcessVolumes volumes;
    private final ProcessNetworks networks;
    private final UserSwitch users;
    private final ProcessSnapshots snapshots;

    Maker(
            Host host,
            StateDirectory state,
            Units units,
            ProcessVolumes volumes,
            ProcessNetworks networks,
            UserSwitch users,
            ProcessSnapshots snapshots) {
        this.host = host;
        this.state = state;
        this.units = units;
        this.volumes = volumes;
        this.networks = networks;
        this.users = users;
        this.snapshots = snapshots;
    }

    String make(CreateRequest request, Deadline deadline) {
        String what = "creating '" + request.name() + "'";
        List<Problem> problems = SpecCheck.problems(request.spec(), host, state);
        if (!problems.isEmpty()) {
            throw new InvalidInputException("environment '" + request.name() + "'", problems);
        }
        Optional<UserSwitch.User> user = request.spec().user().map(name -> users.find(name, deadline));
        byte[] bytes = new byte[ID_BYTES];
        random.nextBytes(bytes);
        String id = HexFormat.of().formatHex(bytes);
        units.refuseTaken(request.name(), id);
        boolean named = false;
        boolean joined = false;
        List<String> madeVolumes = new ArrayList<>();
        UnitDirectory unit = state.unit(id);
        try {
            units.begin(id);
            units.claimName(request.name(), id);
            named = true;
            joined = true;
            networks.join(request.network(), colours(request), request.name(), unit.path());
            fill(unit, request, madeVolumes, user, deadline, what);
            units.write(new UnitRecord(
                    id, request.name(), request.spec(), request.labels(), Instant.now(), request.membership()));
            Files.deleteIfExists(unit.maker());
            return id;
        } catch (IOException | RuntimeException e) {
            boolean interrupted = Thread.interrupted();
            abandon(request.name(), unit, named, joined, e);
            snapshots.forget(madeVolumes, e);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
            throw Failures.of(what, e);
        }
    }

    /** Instances of a project know each other by name only within their set. */
    private Set<String> colours(CreateRequest request) {
        String colour = request.labels().get(Labels.COLOUR);
        return colour == null || !networks.hasColours() ? Set.of() : Set.of(colour);
    }

    private void abandon(String name, UnitDirectory unit, boolean named, boolean joined, Exception cause) {
        try {
            if (joined) {
                networks.leave(name, unit.path());
            }
            units.delete(unit);
            if (named) {
                units.releaseName(name, unit.id());
            }
        } catch (IOException | RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private void fill(
            UnitDirectory unit,
            CreateRequest request,
            List<String> madeVolumes,
            Optional<UserSwitch.User> user,
            Deadline deadline,
            String what)
            throws IOException {
        EnvironmentSpec spec = request.spec();
        Files.createDirectory(unit.claims(), Permissions.directory());
        Files.createDirectory(unit.logs(), Permissions.directory());
        CreateRequest.@Nullable Origin origin = request.origin();
        if (origin != null) {
            madeVolumes.addAll(
                    snapshots.fill(origin.snapshot(), unit.root(), spec, origin.fillsVolumes(), deadline, what));
        } else {
            Files.createDirectory(unit.root());
        }
        if (origin == null && spec.template().isPresent()) {
            Trees.copy(spec.template().get().toRealPath(), unit.root(), deadline, what);
        }
        InsidePaths paths = paths(unit, spec);
        for (Mount mount : spec.mounts()) {
            mount(paths, mount, user, deadline, what);
        }
        if (spec.workingDirectory().isPresent()) {
            Files.createDirectories(paths.follow(spec.workingDirectory().get()));
        }
        if (user.isPresent()) {
            users.own(unit.root(), user.get());
            state.letOthersPass();
            Permissions.set(unit.path(), "rwx--x--x");
        }
    }

    /** The paths inside an environment. */
    InsidePaths paths(UnitDirectory unit, EnvironmentSpec spec) throws IOException {
        return new InsidePaths(
                spec.name().orElse(unit.id()),
                unit.root(),
                spec.mounts().stream()
                        .filter(mount -> !(mount instanceof Mount.Temporary))
                        .map(this::source)
                        .toList());
    }

    private Path source(Mount mount) {
        if (mount instanceof Mount.Bind bind) {
            return bind.source();
        }
        if (mount instanceof Mount.Volume volume) {
            return volumes.data(volume.volume());
        }
        throw new IllegalArgumentException("processes have no mount such as " + mount);
    }

    /** A link in the environment's directory. What a volume covers is what it holds at first, as on other engines. */
    private void mount(InsidePaths paths, Mount mount, Optional<UserSwitch.User> user, Deadline deadline, String what)
            throws IOException {
        if (mount instanceof Mount.Temporary) {
            // What is in the environment's own directory goes with it.
            Files.createDirectories(paths.follow(mount.target()));
            return;
        }
        Path link = paths.resolve(mount.target());
        if (mount instanceof Mount.Volume volume) {
            volumes.ensure(volume.volume(), Map.of());
            Path data = volumes.data(volume.volume());
            if (isEmpty(data)) {
                if (Files.isDirectory(link, LinkOption.NOFOLLOW_LINKS)) {
                    Trees.copy(link, data, deadline, what);
                }
                if (user.isPresent()) {
                    users.own(data, user.get());
                    Permissions.set(state.volumes(), "rwx--x--x");
                    Permissions.set(data.toAbsolutePath().resolveSibling("."), "rwx--x--x");
                }
            }
        }
        Trees.delete(link);
        Files.createDirectories(link.toAbsolutePath().resolveSibling("."));
        Files.createSymbolicLink(link, source(mount).toRealPath());
    }

    private static boolean isEmpty(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findAny().isEmpty();
        }
    }
}
