package io.cofferdam.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** Tells one run of one JVM from every other, also across reboots and recycled process ids. */
final class Owner {

    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");

    private Owner() {}

    /** This JVM: boot id, process id and start time in milliseconds, separated by colons. */
    static String current() {
        ProcessHandle self = ProcessHandle.current();
        return boot() + ":" + self.pid() + ":" + start(self);
    }

    /**
     * Whether the JVM of a label is gone for certain: of this host, and either of an earlier boot or not running any
     * more. What another host made is never held to be dead.
     */
    static boolean isDead(String label, boolean sameHost) {
        String[] parts = label.split(":", -1);
        if (!sameHost || parts.length != 3 || !parts[1].matches("\\d{1,18}")) {
            return false;
        }
        if (!parts[0].equals(boot())) {
            return true;
        }
        Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(parts[1]));
        return handle.isEmpty()
                || !handle.get().isAlive()
                || !start(handle.get()).equals(parts[2]);
    }

    private static String start(ProcessHandle process) {
        return process.info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .map(String::valueOf)
                .orElse("0");
    }

    private static String boot() {
        try {
            return Files.readString(BOOT_ID).strip();
        } catch (IOException notLinux) {
            // Elsewhere a pid with its start time has to do: start times of two boots differ.
            return "boot";
        }
    }
}
