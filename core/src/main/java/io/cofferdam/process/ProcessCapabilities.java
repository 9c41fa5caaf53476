package io.cofferdam.process;

import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import java.util.EnumMap;
import java.util.Map;

/** What processes can and cannot do on this host. */
final class ProcessCapabilities {

    private static final String NO_CONTROLLER = "processes have nobody to care for them while no engine is open";
    private static final String LINKS = "mounts are links in the environment's directory";

    private ProcessCapabilities() {}

    /** Why no limits can be set. */
    static Map<Capability, String> withoutLimits() {
        String reason = "processes are not put into control groups";
        return Map.of(Capability.MEMORY_LIMIT, reason, Capability.CPU_LIMIT, reason, Capability.PIDS_LIMIT, reason);
    }

    static Capabilities of(
            String engine,
            Host host,
            UserSwitch users,
            Map<Capability, String> limits,
            Map<Capability, String> networks) {
        Map<Capability, String> missing = new EnumMap<>(Capability.class);
        missing.put(Capability.IMAGES, "processes are made from a command and a template folder");
        missing.put(Capability.IMAGE_STORE, "processes are made from a command and a template folder");
        missing.put(Capability.IMAGE_PLATFORMS, "there are no images");
        missing.put(Capability.BUILDKIT, "there are no images");
        missing.put(Capability.FILE_SYSTEM_ISOLATION, "processes see the files of the host");
        missing.put(Capability.DISK_LIMIT, "a directory has no limit of its own");
        missing.put(Capability.RESTART_POLICY, NO_CONTROLLER);
        missing.put(Capability.HEALTH_CHECKS, NO_CONTROLLER);
        missing.put(
                Capability.ATTACH,
                "main processes outlive the JVM that started them, so their streams are files of their own");
        missing.put(Capability.TERMINAL, "the JDK can make no terminals");
        missing.put(Capability.TMPFS, LINKS);
        missing.put(Capability.READ_ONLY_MOUNTS, LINKS);
        missing.put(
                Capability.MEMORY_CHECKPOINT,
                "what processes have in memory cannot be written to disk without CRIU and root's rights");
        missing.putAll(limits);
        missing.putAll(networks);
        if (!users.missing().isEmpty()) {
            missing.put(Capability.USER_SWITCH, users.missing());
        }
        if (!host.isPosix()) {
            missing.put(Capability.PAUSE, "Windows has no signals");
        }
        if (host != Host.LINUX) {
            missing.put(Capability.USAGE, "only Linux tells of other processes' memory");
        }
        return Capabilities.allBut(engine, missing);
    }
}
