package io.cofferdam.process;

import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The loopback addresses environments get: 127.64.0.1 to 127.127.255.254 where the system has them (Linux, Windows), else
 * 127.0.0.1 for all (macOS).
 *
 * <p>The address of a name is a hash of the state directory, the network and the name, so that it is the same again when
 * everything was removed and made anew, and two state directories hardly ever meet: with a hundred environments each
 * about once in 400 pairs. If they do, {@link #listeners()} shows the other one while it runs, and otherwise the second
 * of the two to listen on a port fails to do so.
 */
final class LoopbackAddresses {

    /** The address that every system has. */
    static final String SHARED = "127.0.0.1";

    private static final List<Path> TABLES = List.of(Path.of("/proc/net/tcp"), Path.of("/proc/net/tcp6"));

    /** Local address, port, no remote one, and the number of the state in which a socket listens; see proc(5). */
    private static final Pattern LISTENING = Pattern.compile(
            "^ *\\d+: (?:0000000000000000FFFF0000)?(\\p{XDigit}{8}):\\p{XDigit}{4} \\p{XDigit}+:0000 0A ");

    private final String salt;
    private final boolean own;

    /**
     * The addresses for one state directory.
     *
     * @param stateDirectory an existing directory
     */
    LoopbackAddresses(Path stateDirectory) {
        this(stateDirectory, bindable("127.64.0.1"));
    }

    LoopbackAddresses(Path stateDirectory, boolean own) {
        this.salt = stateDirectory.toString();
        this.own = own;
    }

    /** Whether each environment can have an address of its own. */
    boolean own() {
        return own;
    }

    /**
     * The address a name is to have.
     *
     * @param network the network's full name, or empty outside networks
     * @param environment the name
     * @param attempt 0 for the first choice, more if those before are taken
     * @return the address
     */
    String choice(String network, String environment, int attempt) {
        if (!own) {
            return SHARED;
        }
        byte[] hash = sha256(String.join("\0", salt, network, environment, Integer.toString(attempt)));
        int host = ((hash[0] & 0x3f) << 16) | ((hash[1] & 0xff) << 8) | (hash[2] & 0xff);
        int last = 1 + (host & 0xff) % 254; // .0 and .255 look like a network and a broadcast address to some programs
        return "127." + (64 + (host >> 16)) + "." + ((host >> 8) & 0xff) + "." + last;
    }

    /** Whether a program of ours can listen on an address. */
    static boolean bindable(String address) {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getByName(address))) {
            return probe.isBound();
        } catch (IOException refused) {
            return false;
        }
    }

    /**
     * The IPv4 addresses that some program of this host listens on by TCP, be it by a socket of IPv6.
     *
     * @return empty where the system does not tell
     */
    static Set<String> listeners() {
        Set<String> addresses = new HashSet<>();
        for (Path table : TABLES) {
            if (Files.isReadable(table)) {
                read(table, addresses);
            }
        }
        return addresses;
    }

    private static void read(Path table, Set<String> addresses) {
        try (Stream<String> lines = Files.lines(table, StandardCharsets.US_ASCII)) {
            lines.map(LISTENING::matcher)
                    .filter(Matcher::find)
                    .map(line -> dotted(line.group(1)))
                    .forEach(addresses::add);
        } catch (IOException failure) {
            throw new StorageException("could not read " + table + ": " + failure, failure);
        }
    }

    /** The kernel prints the four bytes as one number in the processor's byte order. */
    private static String dotted(String hex) {
        int number = Integer.parseUnsignedInt(hex, 16);
        int address = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? Integer.reverseBytes(number) : number;
        return (address >>> 24) + "." + (address >>> 16 & 255) + "." + (address >>> 8 & 255) + "." + (address & 255);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java runtime has SHA-256", impossible);
        }
    }
}
