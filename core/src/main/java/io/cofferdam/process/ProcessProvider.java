package io.cofferdam.process;

import io.cofferdam.driver.DrivenOrchestrator;
import io.cofferdam.driver.KnownOptions;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * The embedded engine: environments are processes of this host, with nothing to install. An environment is a process tree
 * with a directory of its own, made as a copy of a template folder. It goes on when this JVM ends, and is found again by
 * the next one that opens the engine with the same state directory.
 *
 * <p>The state directory is {@link EngineConfig#stateDirectory()}, or {@code $XDG_STATE_HOME/cofferdam}, or
 * {@code ~/.local/state/cofferdam}; on macOS {@code ~/Library/Application Support/Cofferdam}, on Windows
 * {@code %LOCALAPPDATA%\Cofferdam}. Only its owner may enter it, save where environments run as other users.
 *
 * <p>Options:
 * <ul>
 *   <li>{@code process.log.limit}: how much of each output stream of an environment is kept, as
 *       {@link io.cofferdam.environment.DataSize} reads it; 16 MiB unless set. The processes write straight to files, and
 *       any engine that is open on the directory cuts a file at the beginning when it has grown beyond the bound, so that
 *       between half and all of the bound is left. While no engine is open logs grow. On Linux no byte is lost by a cut
 *       but the old ones; elsewhere, and on file systems that cannot give back a part of a file, the file begins anew.
 *   <li>{@code process.namespaces}: {@code auto}, {@code off} or {@code required}; whether stacks get namespaces of the
 *       Linux kernel, so that they are closed to others.
 * </ul>
 *
 * <p>The time of a log line is when an open engine saw the file grow, which is within some milliseconds of the write; of
 * what was written while no engine was open only the time of the last write is known.
 *
 * <p>Processes get few of this JVM's variables: {@code PATH}, {@code LANG}, {@code LC_*}, {@code TZ}, {@code JAVA_HOME}
 * and the library path; {@code HOME} is the environment's directory. Names of variables consist of letters, digits and
 * {@code _}. Paths inside, absolute ones too, are taken below the environment's directory by this library, but the
 * processes themselves see the host's files; mounts are links. A main process that was killed together with the shim that
 * waits for it is told to have exited with 137.
 *
 * <p>On Windows, where this is untested, there are no signals and no shim: a stop ends processes at once, and an exit code
 * is known only while the JVM that started the process lives.
 */
public final class ProcessProvider implements OrchestratorProvider {

    static final String NAME = "process";

    /** For {@link java.util.ServiceLoader}. */
    public ProcessProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> options() {
        return Set.of(ProcessParts.LOG_LIMIT, Namespaces.OPTION);
    }

    @Override
    public Discovery discover(EngineConfig config) {
        Host host = Host.current();
        Path state = StateDirectory.of(config, host).root();
        if (ProcessParts.findShell(host).isEmpty()) {
            return Discovery.missing(
                    NAME, List.of(new Discovery.Rejected("sh", "there is none in the path", "install a POSIX shell")));
        }
        Path existing = state;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        if (!Files.isDirectory(existing) || !Files.isWritable(existing)) {
            return Discovery.missing(
                    NAME,
                    List.of(new Discovery.Rejected(
                            state.toString(),
                            existing + " is not a directory this user may write to",
                            "choose another state directory")));
        }
        try {
            String without = new Namespaces(config).missing().getOrDefault(Capability.NETWORK_ISOLATION, "");
            return Discovery.found(HostFacts.info(host, state, HostFacts.details(without)), List.of());
        } catch (EngineUnavailableException notIsolated) {
            return Discovery.missing(
                    NAME, List.of(new Discovery.Rejected("this host", String.valueOf(notIsolated.getMessage()), "")));
        }
    }

    @Override
    public Orchestrator open(EngineConfig config) {
        KnownOptions.check(config, this);
        if (config.host().isPresent()) {
            throw new InvalidInputException(
                    "engine configuration",
                    List.of(new Problem(
                            "host",
                            "processes run on this host and have no other",
                            "leave the host out, or open the docker engine")));
        }
        return DrivenOrchestrator.over(new ProcessDriver(config), config);
    }
}
