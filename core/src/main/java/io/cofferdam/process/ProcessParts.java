package io.cofferdam.process;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.Unsupported;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.environment.DataSize;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.resource.Images;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The parts of one open engine, put together. */
final class ProcessParts implements AutoCloseable {

    static final String LOG_LIMIT = "process.log.limit";

    private static final long DEFAULT_LOG_LIMIT = 16L * 1024 * 1024;

    final Host host = Host.current();
    final ProcessTable processes = new ProcessTable(host);
    final Threads threads = Threads.named("cofferdam-process");
    final StateDirectory state;
    final Units units;
    final RunFiles runs = new RunFiles(host, processes);
    final ProcessTree tree = new ProcessTree(processes);
    final UnitLocks locks;
    final UserSwitch users = UserSwitch.probe(host);
    final ProcessNetworks networks;
    final PortRelays relays;
    final ProcessVolumes volumes;
    final Maker maker;
    final ProcessSnapshots snapshots;
    final Copies copies = new Copies(users);
    final UsageFigures usage = new UsageFigures(processes);
    final DirectoryWatch directories = new DirectoryWatch(threads, host);
    final LogKeeper keeper;
    final UnitLogs logs;
    final Observer observer;
    final Runner runner;
    final Execs execs;
    final Capabilities capabilities;
    final Images images;

    ProcessParts(EngineConfig config) {
        String shell = shell(host);
        state = StateDirectory.of(config, host);
        state.make();
        Jvm jvm = Jvm.of(processes);
        units = new Units(state, processes, jvm);
        locks = new UnitLocks(processes, jvm);
        networks = new ProcessNetworks(config, state.root());
        relays = new PortRelays(networks);
        volumes = new ProcessVolumes(state, units, config.volumePrefix());
        snapshots = new ProcessSnapshots(this, jvm);
        maker = new Maker(host, state, units, volumes, networks, users, snapshots);
        keeper = new LogKeeper(directories, threads, logLimit(config));
        logs = new UnitLogs(directories, keeper);
        List<String> session = CleanStart.words();
        Signals signals = new Signals(processes, shell);
        Endings endings = new Endings(processes, tree, signals, runs, new Waiting(directories));
        observer = new Observer(processes, units, state, runs, directories, threads, this::standing);
        execs = new Execs(tree, signals, threads, session);
        Starter starter = new Starter(host, processes, runs, new Shim(host, shell, session), users);
        runner = new Runner(this, starter, endings);
        capabilities = ProcessCapabilities.of(
                ProcessProvider.NAME, host, users, ProcessCapabilities.withoutLimits(), networks.missing());
        images = Unsupported.images(capabilities);
        snapshots.sweep();
        units.sweep(unit -> networks.leave(unit.id(), unit.path()));
    }

    /** The shell that starts and outlasts main processes. */
    private static String shell(Host host) {
        if (!host.isPosix()) {
            return "";
        }
        return Executables.onHost("sh")
                .map(Path::toString)
                .orElseThrow(() -> new EngineUnavailableException(
                        "the process engine cannot start anything: there is no sh; install a POSIX shell"));
    }

    private static long logLimit(EngineConfig config) {
        return config.option(LOG_LIMIT).map(DataSize::parse).orElse(DEFAULT_LOG_LIMIT);
    }

    /** Logs are looked after while a process runs, by every engine that sees it run. */
    private void standing(String id, Run run) {
        UnitDirectory unit = state.unit(id);
        if (run.isAlive()) {
            runner.keepLogs(unit);
        } else {
            keeper.leave(unit);
        }
    }

    EngineInfo info() {
        return HostFacts.info(host, state.root(), HostFacts.details(capabilities.reason(Capability.NETWORK_ISOLATION)));
    }

    /** Whether there is a shell to start processes with, for discovery. */
    static Optional<Path> findShell(Host host) {
        return host.isPosix() ? Executables.onHost("sh") : Optional.of(Path.of("cmd"));
    }

    @Override
    public void close() {
        execs.close();
        networks.close();
        observer.close();
        keeper.close();
        directories.close();
        threads.close();
    }
}
