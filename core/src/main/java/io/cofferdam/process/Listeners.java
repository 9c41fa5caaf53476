package io.cofferdam.process;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Who listens in a network that this JVM is not in: the kernel tells it in the tables of any process that is. */
final class Listeners {

    private static final String LISTEN = "0A";
    private static final String MAPPED = "0000000000000000FFFF0000";

    private Listeners() {}

    /**
     * Whether somebody listens where a connection to an address would arrive.
     *
     * @param pid a process in the network
     * @param address an IPv4 address
     * @param port a TCP port
     */
    static boolean has(long pid, String address, int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        List<String> places = List.of(hex(address), MAPPED + hex(address));
        for (String table : List.of("tcp", "tcp6")) {
            byte[] rows =
                    ProcessTable.read(Path.of("/proc/" + pid + "/net/" + table)).orElse(new byte[0]);
            boolean found = new String(rows, StandardCharsets.US_ASCII)
                    .lines()
                    .map(row -> row.strip().split("\\s+", -1))
                    .filter(columns -> columns.length > 3 && columns[3].equals(LISTEN) && columns[1].endsWith(suffix))
                    .map(columns -> columns[1].substring(0, columns[1].length() - suffix.length()))
                    .anyMatch(place -> places.contains(place) || place.chars().allMatch(digit -> digit == '0'));
            if (found) {
                return true;
            }
        }
        return false;
    }

    /** An address as the kernel writes it: the last part first, each as two digits. */
    private static String hex(String address) {
        StringBuilder text = new StringBuilder();
        for (String part : address.split("\\.", -1)) {
            text.insert(0, String.format(Locale.ROOT, "%02X", Integer.parseInt(part)));
        }
        return text.toString();
    }
}
