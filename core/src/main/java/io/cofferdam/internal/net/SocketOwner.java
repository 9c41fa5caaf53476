package io.cofferdam.internal.net;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds the process that listens on a port of this host, on Linux and as far as this user may look. */
public final class SocketOwner {

    private static final Path PROC = Path.of("/proc");
    /** The state of a listening TCP socket in {@code /proc/net/tcp}. */
    private static final String LISTEN = "0A";

    private SocketOwner() {}

    /** The owner as {@code process 4711 (nginx)}; the protocol is {@code tcp} or {@code udp}. */
    public static Optional<String> of(String protocol, int port) {
        try {
            Set<String> sockets = new HashSet<>();
            for (String file : List.of("net/" + protocol, "net/" + protocol + "6")) {
                Path table = PROC.resolve(file);
                if (Files.isReadable(table)) {
                    listening(Files.readAllLines(table), protocol, port, sockets);
                }
            }
            return sockets.isEmpty() ? Optional.empty() : holder(sockets);
        } catch (IOException notTold) {
            return Optional.empty();
        }
    }

    private static void listening(List<String> table, String protocol, int port, Set<String> sockets) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        for (String row : table) {
            String[] columns = row.strip().split("\\s+", -1);
            if (columns.length > 9
                    && columns[1].endsWith(suffix)
                    && (protocol.equals("udp") || columns[3].equals(LISTEN))) {
                sockets.add("socket:[" + columns[9] + "]");
            }
        }
    }

    private static Optional<String> holder(Set<String> sockets) throws IOException {
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROC, "[0-9]*")) {
            for (Path process : processes) {
                if (holds(process, sockets)) {
                    String command = Files.readString(process.resolve("comm")).strip();
                    return Optional.of("process " + process.getFileName() + " (" + command + ")");
                }
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.nio.file.DirectoryIteratorException goneOrNotOurs) {
            return false;
        }
    }
}
