package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A port of an environment that is published on the host.
 *
 * @param port the port the software inside listens on, 1 to 65535
 * @param protocol its protocol
 * @param fixedHostPort the host port, 1 to 65535, or null to have one chosen at each start
 * @param hostAddress the host address to publish on; {@code 127.0.0.1} unless asked otherwise
 */
public record PortMapping(
        int port, Protocol protocol, @Nullable Integer fixedHostPort, String hostAddress) {

    /** Where ports are published unless something else is asked for. */
    public static final String LOOPBACK = "127.0.0.1";

    private static final Pattern FORM = Pattern.compile(
            "(?:(?:(?<address>[0-9.]+|\\[[0-9a-fA-F:]+]):)?(?<host>\\d*):)?(?<port>\\d+)(?:/(?<proto>\\w+))?");

    /**
     * Checks the ranges.
     *
     * @param port the port the software inside listens on, 1 to 65535
     * @param protocol its protocol
     * @param fixedHostPort the host port, 1 to 65535, or null to have one chosen at each start
     * @param hostAddress the host address to publish on; {@code 127.0.0.1} unless asked otherwise
     * @throws InvalidInputException if a port is out of range or the address is blank
     */
    public PortMapping {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(hostAddress, "hostAddress");
        if (port < 1 || port > 65535) {
            throw invalid(Integer.toString(port), "port " + port + " is not between 1 and 65535");
        }
        if (fixedHostPort != null && (fixedHostPort < 1 || fixedHostPort > 65535)) {
            throw invalid(fixedHostPort.toString(), "host port " + fixedHostPort + " is not between 1 and 65535");
        }
        if (hostAddress.isBlank()) {
            throw invalid(hostAddress, "the host address is blank");
        }
    }

    /**
     * Publishes a TCP port on a host port that is chosen at each start.
     *
     * @param port the port inside, 1 to 65535
     * @return the mapping
     */
    public static PortMapping of(int port) {
        return new PortMapping(port, Protocol.TCP, null, LOOPBACK);
    }

    /**
     * Publishes a TCP port on a host port of the caller's choice.
     *
     * @param hostPort the host port, 1 to 65535
     * @param port the port inside, 1 to 65535
     * @return the mapping
     */
    public static PortMapping fixed(int hostPort, int port) {
        return new PortMapping(port, Protocol.TCP, hostPort, LOOPBACK);
    }

    /**
     * Reads the short form {@code [[ADDRESS:][HOSTPORT]:]PORT[/tcp|udp]}, for example {@code 8080:80},
     * {@code 0.0.0.0:53:53/udp}, {@code :80} or {@code 80}.
     *
     * @param text the short form
     * @return the mapping
     * @throws InvalidInputException if the text has another form or a port is out of range
     */
    public static PortMapping parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw invalid(text, "a port mapping is written [[ADDRESS:][HOSTPORT]:]PORT[/tcp|udp]");
        }
        String proto = form.group("proto");
        Protocol protocol = Protocol.TCP;
        if (proto != null) {
            switch (proto.toLowerCase(Locale.ROOT)) {
                case "tcp" -> protocol = Protocol.TCP;
                case "udp" -> protocol = Protocol.UDP;
                default -> throw invalid(text, "protocol '" + proto + "' is neither tcp nor udp");
            }
        }
        String host = form.group("host");
        String address = form.group("address");
        return new PortMapping(
                number(text, Objects.requireNonNull(form.group("port"))),
                protocol,
                host == null || host.isEmpty() ? null : (Integer) number(text, host),
                address == null ? LOOPBACK : address.replaceAll("[\\[\\]]", ""));
    }

    /**
     * The host port, if it was fixed.
     *
     * @return empty if one is chosen at each start
     */
    public OptionalInt hostPort() {
        return fixedHostPort == null ? OptionalInt.empty() : OptionalInt.of(fixedHostPort);
    }

    /** The mapping in its short form, as {@link #parse} reads it. */
    @Override
    public String toString() {
        String address = LOOPBACK.equals(hostAddress)
                ? ""
                : (hostAddress.indexOf(':') >= 0 ? "[" + hostAddress + "]:" : hostAddress + ":");
        String host = fixedHostPort == null ? (address.isEmpty() ? "" : ":") : fixedHostPort + ":";
        return address + host + port + (protocol == Protocol.TCP ? "" : "/" + protocol);
    }

    private static int number(String text, String digits) {
        if (digits.length() > 5) {
            throw invalid(text, "port " + digits + " is not between 1 and 65535");
        }
        return Integer.parseInt(digits);
    }

    private static InvalidInputException invalid(String text, String what) {
        return new InvalidInputException("port mapping '" + text + "'", List.of(Problem.at("ports", what)));
    }
}
