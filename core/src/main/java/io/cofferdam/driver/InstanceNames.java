package io.cofferdam.driver;

import io.cofferdam.workload.Revision;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Names that follow from what they are names of, so that doing something twice meets what was done the first time. */
final class InstanceNames {

    /** The longest name of an environment, a network and a host (RFC 1123). */
    private static final int LONGEST = 63;

    private static final int DIGITS_OF_A_REVISION = 8;
    private static final int DIGITS_OF_A_LONG_NAME = 10;

    private InstanceNames() {}

    /** The environment of an instance. */
    static String instance(String project, Revision revision, int ordinal) {
        String hash = revision.hash();
        String readable = project + "-" + revision.service() + "-"
                + hash.substring(0, Math.min(DIGITS_OF_A_REVISION, hash.length())) + "-" + ordinal;
        return fitting(readable, project + "\n" + revision + "\n" + ordinal);
    }

    /** A network or a volume of a project. */
    static String part(String project, String name) {
        return fitting(project + "-" + name, project + "\n" + name);
    }

    /** The same network in another colour. */
    static String coloured(String network, String colour) {
        return colour.isEmpty() ? network : fitting(network + "-" + colour, network + "\n" + colour);
    }

    /** What the names of all instances of a project begin with; those of some others may, too. */
    static String beginning(String project) {
        String beginning = project + "-";
        int kept = LONGEST - DIGITS_OF_A_LONG_NAME - 1;
        return beginning.length() <= kept ? beginning : beginning.substring(0, kept);
    }

    private static String fitting(String readable, String complete) {
        if (readable.length() <= LONGEST) {
            return readable;
        }
        String kept = readable.substring(0, LONGEST - DIGITS_OF_A_LONG_NAME - 1);
        return kept + "-" + sha256(complete).substring(0, DIGITS_OF_A_LONG_NAME);
    }

    /** The digest of a text in hexadecimal digits. */
    static String sha256(String text) {
        return HexFormat.of().formatHex(sha256().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A new digest. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
