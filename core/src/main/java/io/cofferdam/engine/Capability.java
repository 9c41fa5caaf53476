package io.cofferdam.engine;

import java.util.Locale;

/** Something that not every engine can do. Probed when an engine is opened, never assumed. */
public enum Capability {
    /** Environments are made from container images. */
    IMAGES("environments from container images"),
    /** Images are listed, pulled, built, named and removed; without it the engine fetches what an environment needs. */
    IMAGE_STORE("images that are listed, pulled and built"),
    /** Environments are made from a command, with or without a template folder, and no image. */
    TEMPLATES("environments from a command and a template folder"),
    /**
     * The network of a stack is closed to everything outside it, save published ports. With Docker
     * Engine 20.10, packets were seen to pass for moments while networks were made and removed (5 of 95 tries). What must
     * never be reached needs a secret as well.
     */
    NETWORK_ISOLATION("stacks whose network is closed to others"),
    /** Members of a stack resolve each other's names through the system's resolver. */
    NAME_RESOLUTION("names of stack members in the system's resolver"),
    /** Environments are members of several networks, which they join and leave while they run. */
    SEVERAL_NETWORKS("several networks for one environment, joined and left at any time"),
    /** Networks have address ranges of their own, which can be chosen. */
    SUBNETS("networks with an address range of choice"),
    /** Members of a stack reach addresses outside the host. */
    NETWORK_EGRESS("outgoing connections from inside a stack"),
    /** Environments have a process table of their own. */
    PID_ISOLATION("a process table of its own"),
    /** Environments have a file system of their own, root included. */
    FILE_SYSTEM_ISOLATION("a file system of its own"),
    /** All processes of an environment can be frozen and thawed. */
    PAUSE("pausing"),
    /** Main memory can be limited. */
    MEMORY_LIMIT("a memory limit"),
    /** Processor time can be limited. */
    CPU_LIMIT("a processor limit"),
    /** The number of processes can be limited. */
    PIDS_LIMIT("a limit of processes"),
    /** Disk space can be limited. */
    DISK_LIMIT("a disk limit"),
    /** The engine itself keeps restart policies, also while no orchestrator is open. */
    RESTART_POLICY("restart policies that outlive the JVM"),
    /** The engine itself runs health checks by command, also while no orchestrator is open. */
    HEALTH_CHECKS("health checks that outlive the JVM"),
    /** Named volumes. */
    VOLUMES("named volumes"),
    /** How much is stored in named volumes is told. */
    VOLUME_SIZES("sizes of named volumes"),
    /** What an environment has written outside its volumes is still there after a stop, a restart and a start. */
    KEPT_FILES("files that outlive a stop"),
    /** The standard output and the standard error of a main process are told apart, byte for byte. */
    LOG_STREAMS("standard output and standard error of their own"),
    /** Files and directories of the host can be mounted. */
    BIND_MOUNTS("mounts of host paths"),
    /** File systems in memory can be mounted. */
    TMPFS("mounts in memory"),
    /** Mounts can be made read-only. */
    READ_ONLY_MOUNTS("read-only mounts"),
    /** UDP ports can be published. */
    UDP_PORTS("published UDP ports"),
    /** The main process can run as another user than the engine's. */
    USER_SWITCH("running as another user"),
    /** Files can be copied into and out of an environment that does not run. */
    COPY_WHILE_STOPPED("copying while stopped"),
    /** Environments can be saved with their volumes, restored, forked, exported and imported. */
    SNAPSHOTS("snapshots"),
    /** Snapshots hold what processes have in memory, so that they go on instead of starting anew. */
    MEMORY_CHECKPOINT("snapshots of memory"),
    /** Somebody can be connected to the streams of a main process, its input included. */
    ATTACH("attaching to main processes"),
    /** Processes can have a terminal. */
    TERMINAL("terminals"),
    /** Usage figures are told. */
    USAGE("usage figures"),
    /** Images are pulled and built for a platform that the caller chooses. */
    IMAGE_PLATFORMS("images for a chosen platform"),
    /** Images are built by BuildKit: for several platforms at once, with mounts during a step. */
    BUILDKIT("builds by BuildKit");

    private final String description;

    Capability(String description) {
        this.description = description;
    }

    /**
     * What it is, as a noun phrase for messages.
     *
     * @return for example {@code a memory limit}
     */
    public String description() {
        return description;
    }

    /** The name as it is shown and stored, for example {@code memory-limit}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
