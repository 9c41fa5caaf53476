package io.cofferdam.driver;

import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.UnsupportedCapabilityException;
import java.util.ArrayList;
import java.util.List;

/** What a specification asks of an engine. */
final class Requirements {

    private static final String WITHOUT_LIMIT = "leave the limit out, or open an engine that has it";
    private static final String WITHOUT_MOUNT = "leave the mount out, or open an engine that has it";

    private final Capabilities capabilities;
    private final List<CofferdamException> missing = new ArrayList<>();

    private Requirements(Capabilities capabilities) {
        this.capabilities = capabilities;
    }

    /**
     * Refuses a specification that asks for more than the engine can do.
     *
     * @throws InvalidInputException if it has aliases and no stack, which may be set until it is made
     * @throws io.cofferdam.error.UnsupportedCapabilityException for the first thing that is missing
     */
    static void check(EnvironmentSpec spec, Capabilities capabilities) {
        List<CofferdamException> missing = missing(spec, capabilities);
        if (!missing.isEmpty()) {
            throw missing.get(0);
        }
    }

    /** Everything for which a specification would be refused. */
    static List<CofferdamException> missing(EnvironmentSpec spec, Capabilities capabilities) {
        Requirements requirements = new Requirements(capabilities);
        requirements.check(spec);
        return requirements.missing;
    }

    private void require(Capability capability, String remedy) {
        try {
            capabilities.require(capability, remedy);
        } catch (UnsupportedCapabilityException refused) {
            missing.add(refused);
        }
    }

    private void check(EnvironmentSpec spec) {
        if (!spec.aliases().isEmpty() && spec.stack().isEmpty()) {
            missing.add(new InvalidInputException(
                    "environment" + spec.name().map(name -> " '" + name + "'").orElse(""),
                    List.of(new Problem(
                            "aliases", "an alias is a name inside a stack, and there is none", "set the stack"))));
        }
        if (spec.networks().size() + (spec.stack().isPresent() ? 1 : 0) > 1) {
            require(Capability.SEVERAL_NETWORKS, "name one network or a stack only, or open an engine that has it");
        }
        boolean runnable = !spec.command().isEmpty() || spec.entrypoint().isPresent();
        if (!capabilities.has(Capability.TEMPLATES) && spec.image().isEmpty()) {
            require(Capability.TEMPLATES, "set an image");
        }
        if (!capabilities.has(Capability.IMAGES) && !runnable) {
            require(Capability.IMAGES, "set a command, usually with a template folder, or open an engine with images");
        }
        limits(spec.limits());
        for (Mount mount : spec.mounts()) {
            require(kind(mount), WITHOUT_MOUNT);
            if (mount.readOnly()) {
                require(Capability.READ_ONLY_MOUNTS, "mount it writable, or open an engine that has it");
            }
        }
        for (PortMapping port : spec.ports()) {
            if (port.protocol() == Protocol.UDP) {
                require(Capability.UDP_PORTS, "publish TCP ports only, or open an engine that has it");
            }
        }
        if (spec.hasOpenStdin()) {
            require(
                    Capability.ATTACH,
                    "run the program by startExec, whose input can be written, or open an engine that has it");
        }
        if (spec.hasTerminal()) {
            require(Capability.TERMINAL, "leave the terminal out, or open an engine that has it");
        }
        if (spec.user().isPresent()) {
            require(Capability.USER_SWITCH, "leave the user out");
        }
    }

    private void limits(ResourceLimits limits) {
        if (limits.memory().isPresent()) {
            require(Capability.MEMORY_LIMIT, WITHOUT_LIMIT);
        }
        if (limits.cpus().isPresent()) {
            require(Capability.CPU_LIMIT, WITHOUT_LIMIT);
        }
        if (limits.pids().isPresent()) {
            require(Capability.PIDS_LIMIT, WITHOUT_LIMIT);
        }
        if (limits.disk().isPresent()) {
            require(Capability.DISK_LIMIT, WITHOUT_LIMIT);
        }
    }

    private static Capability kind(Mount mount) {
        if (mount instanceof Mount.Bind) {
            return Capability.BIND_MOUNTS;
        }
        return mount instanceof Mount.Volume || mount instanceof Mount.Temporary
                ? Capability.VOLUMES
                : Capability.TMPFS;
    }
}
