package io.cofferdam.driver;

import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;

/** What a specification asks of an engine. */
final class Requirements {

    private static final String WITHOUT_LIMIT = "leave the limit out, or open an engine that has it";
    private static final String WITHOUT_MOUNT = "leave the mount out, or open an engine that has it";

    private Requirements() {}

    /**
     * Refuses a specification that asks for more than the engine can do.
     *
     * @throws InvalidInputException if it has aliases and no stack, which may be set until it is made
     * @throws io.cofferdam.error.UnsupportedCapabilityException for the first thing that is missing
     */
    static void check(EnvironmentSpec spec, Capabilities capabilities) {
        if (!spec.aliases().isEmpty() && spec.stack().isEmpty()) {
            throw new InvalidInputException(
                    "environment" + spec.name().map(name -> " '" + name + "'").orElse(""),
                    List.of(new Problem(
                            "aliases", "an alias is a name inside a stack, and there is none", "set the stack")));
        }
        if (spec.networks().size() + (spec.stack().isPresent() ? 1 : 0) > 1) {
            capabilities.require(
                    Capability.SEVERAL_NETWORKS, "name one network or a stack only, or open an engine that has it");
        }
        boolean runnable = !spec.command().isEmpty() || spec.entrypoint().isPresent();
        if (!capabilities.has(Capability.TEMPLATES) && spec.image().isEmpty()) {
            capabilities.require(Capability.TEMPLATES, "set an image");
        }
        if (!capabilities.has(Capability.IMAGES) && !runnable) {
            capabilities.require(
                    Capability.IMAGES, "set a command, usually with a template folder, or open an engine with images");
        }
        limits(spec.limits(), capabilities);
        for (Mount mount : spec.mounts()) {
            capabilities.require(kind(mount), WITHOUT_MOUNT);
            if (mount.readOnly()) {
                capabilities.require(Capability.READ_ONLY_MOUNTS, "mount it writable, or open an engine that has it");
            }
        }
        for (PortMapping port : spec.ports()) {
            if (port.protocol() == Protocol.UDP) {
                capabilities.require(Capability.UDP_PORTS, "publish TCP ports only, or open an engine that has it");
            }
        }
        if (spec.hasOpenStdin()) {
            capabilities.require(
                    Capability.ATTACH,
                    "run the program by startExec, whose input can be written, or open an engine that has it");
        }
        if (spec.hasTerminal()) {
            capabilities.require(Capability.TERMINAL, "leave the terminal out, or open an engine that has it");
        }
        if (spec.user().isPresent()) {
            capabilities.require(Capability.USER_SWITCH, "leave the user out");
        }
    }

    private static void limits(ResourceLimits limits, Capabilities capabilities) {
        if (limits.memory().isPresent()) {
            capabilities.require(Capability.MEMORY_LIMIT, WITHOUT_LIMIT);
        }
        if (limits.cpus().isPresent()) {
            capabilities.require(Capability.CPU_LIMIT, WITHOUT_LIMIT);
        }
        if (limits.pids().isPresent()) {
            capabilities.require(Capability.PIDS_LIMIT, WITHOUT_LIMIT);
        }
        if (limits.disk().isPresent()) {
            capabilities.require(Capability.DISK_LIMIT, WITHOUT_LIMIT);
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
