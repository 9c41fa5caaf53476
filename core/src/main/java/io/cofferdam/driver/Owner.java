package io.cofferdam.driver;

import io.cofferdam.watcher.Liveness;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Tells one run of one JVM from every other, also across reboots, recycled process ids, containers with process numbers of
 * their own, and hosts that use the same engine. Written {@code PLACE:PID:START}, with the place as
 * {@code BOOT.NAMESPACE.MACHINE}: the identifier of the boot, the number of the namespace of process ids, and a hash of the
 * machine's identifier. Elsewhere than on Linux the place is the machine alone.
 *
 * <p>There is no lease that an owner on another host would have to renew: labels cannot be changed, and a host that was merely
 * cut off for a while would lose what it has. What another host made is left to that host, which sweeps too.
 *
 * @param place where it runs
 * @param pid its number there
 * @param start when it was started, as {@link Liveness} tells it
 */
record Owner(Place place, long pid, String start) {

    private static final Path PROC = Path.of("/proc");

    /** The first namespace of process ids of every Linux has this number; from inside it all processes are seen. */
    private static final String INITIAL = "4026531836";

    /** Where process ids mean something. */
    record Place(String boot, String namespace, String machine) {

        static Place current() {
            return new Place(
                    text(PROC.resolve("sys/kernel/random/boot_id"), "boot"),
                    Owner.namespace(PROC.resolve("self")),
                    Owner.machine());
        }

        @Override
        public String toString() {
            return boot + "." + namespace + "." + machine;
        }
    }

    /** This JVM, as it is written. */
    static String current() {
        return self().toString();
    }

    static Owner self() {
        long pid = ProcessHandle.current().pid();
        return new Owner(Place.current(), pid, Liveness.start(pid).orElse("0"));
    }

    /**
     * Whether the JVM of a label is gone for certain: not running any more where this one can see all that runs, or of an
     * earlier boot of this machine. What another host made, or nobody, is never held to be dead.
     *
     * @param label the label's value
     * @param sameHost whether the engine is one of this host; else nothing is certain but of JVMs of this place
     */
    static boolean isDead(String label, boolean sameHost) {
        return isDead(label, sameHost, Place.current());
    }

    static boolean isDead(String label, boolean sameHost, Place here) {
        String[] parts = label.split(":", -1);
        String[] place = parts[0].split("\\.", -1);
        if (parts.length != 3 || place.length != 3 || !parts[1].matches("\\d{1,18}")) {
            return false;
        }
        Place there = new Place(place[0], place[1], place[2]);
        if (there.equals(here)) {
            return !Liveness.isAlive(Long.parseLong(parts[1]), parts[2]);
        }
        boolean sameMachine =
                there.machine().equals(here.machine()) && !there.machine().isEmpty();
        if (!there.boot().equals(here.boot())) {
            return sameHost && sameMachine;
        }
        // A container of this host: if it is gone, so are all its processes.
        return here.namespace().equals(INITIAL) && isEmpty(there.namespace());
    }

    /** Whether no process is in a namespace; false if that cannot be seen. */
    private static boolean isEmpty(String namespace) {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                String found = namespace(process);
                if (found.equals(namespace) || (found.isEmpty() && Files.exists(process))) {
                    return false;
                }
            }
            return true;
        } catch (IOException | DirectoryIteratorException unreadable) {
            return false;
        }
    }

    /** The number in a link such as {@code pid:[4026531836]}. */
    private static String namespace(Path process) {
        try {
            return Files.readSymbolicLink(process.resolve("ns/pid")).toString().replaceAll("\\D", "");
        } catch (IOException | UnsupportedOperationException notTold) {
            return "";
        }
    }

    private static String machine() {
        String id = text(Path.of("/etc/machine-id"), text(Path.of("/var/lib/dbus/machine-id"), ""));
        if (id.isEmpty()) {
            return "";
        }
        try {
            // The identifier itself is not to be shown to others.
            byte[] hash =
                    MessageDigest.getInstance("SHA-256").digest(("cofferdam" + id).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 6);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java runtime has SHA-256", impossible);
        }
    }

    private static String text(Path file, String otherwise) {
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException none) {
            return otherwise;
        } catch (IOException unreadable) {
            return otherwise;
        }
    }

    @Override
    public String toString() {
        return place + ":" + pid + ":" + start;
    }
}
