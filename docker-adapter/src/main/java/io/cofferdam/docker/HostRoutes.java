package io.cofferdam.docker;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The IPv4 routes of this host, without the default route. Nothing is known of them on systems other than Linux. */
final class HostRoutes {

    private static final Path TABLE = Path.of("/proc/net/route");

    private HostRoutes() {}

    /**
     * A route.
     *
     * @param device the network device it leads to
     * @param range where it leads
     */
    record Route(String device, Subnet range) {}

    /** What the kernel says now; empty where there is no such table. */
    static List<Route> read() {
        try {
            return Files.isReadable(TABLE) ? parse(Files.readString(TABLE, StandardCharsets.US_ASCII)) : List.of();
        } catch (IOException gone) {
            return List.of();
        }
    }

    static List<Route> parse(String table) {
        List<Route> routes = new ArrayList<>();
        table.lines().skip(1).forEach(line -> {
            // Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT, numbers in the host's byte order
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length > 7 && fields[1].matches("[0-9A-Fa-f]{8}") && fields[7].matches("[0-9A-Fa-f]{8}")) {
                int mask = number(fields[7]);
                if (mask != 0) {
                    routes.add(new Route(fields[0], new Subnet(number(fields[1]), Integer.bitCount(mask))));
                }
            }
        });
        return routes;
    }

    private static int number(String hex) {
        int value = (int) Long.parseLong(hex, 16);
        return java.nio.ByteOrder.nativeOrder() == java.nio.ByteOrder.LITTLE_ENDIAN
                ? Integer.reverseBytes(value)
                : value;
    }
}
