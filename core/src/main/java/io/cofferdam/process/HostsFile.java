package io.cofferdam.process;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * The hosts file of a network while programs read it. It is bound over {@code /etc/hosts} of running members, so it can
 * only be changed where it lies, not replaced; and a resolver may read it at any moment. Therefore a line comes by being
 * appended in one write and goes by turning its first byte into {@code #}: a reader sees each line whole or not at all.
 * Changed under the {@link StateLock}.
 */
final class HostsFile {

    private static final String LOCALHOST = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

    /** From here on the struck lines are worth a rewrite. */
    private static final int LONGEST_WASTE = 64 * 1024;

    private HostsFile() {}

    /** Makes the file with no member in it. */
    static void create(Path file) throws IOException {
        Files.writeString(file, LOCALHOST, StandardCharsets.US_ASCII, StandardOpenOption.CREATE_NEW);
        if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            // Software that runs as another user reads it as /etc/hosts, whatever our umask is.
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        }
    }

    /**
     * Makes the file say what it should.
     *
     * @param file an existing hosts file
     * @param lines the members' lines, without line ends, in their order
     */
    static void update(Path file, List<String> lines) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            byte[] bytes = new byte[(int) channel.size()];
            readFully(channel, bytes);
            List<String> missing = new ArrayList<>(lines);
            int waste = strike(channel, bytes, missing);
            StringBuilder added = new StringBuilder();
            missing.forEach(line -> added.append(line).append('\n'));
            if (waste > LONGEST_WASTE) {
                StringBuilder all = new StringBuilder(LOCALHOST);
                lines.forEach(line -> all.append(line).append('\n'));
                write(channel, all.toString(), 0);
                channel.truncate(all.length());
            } else if (!missing.isEmpty()) {
                boolean torn = bytes.length > 0 && bytes[bytes.length - 1] != '\n';
                write(channel, torn ? "\n" + added : added.toString(), bytes.length);
            }
        }
    }

    /** Strikes the lines that are not wanted, takes those that are there from the wanted ones, and counts the waste. */
    private static int strike(FileChannel channel, byte[] bytes, List<String> wanted) throws IOException {
        int waste = 0;
        int start = 0;
        for (int at = 0; at <= bytes.length; at++) {
            if (at < bytes.length && bytes[at] != '\n') {
                continue;
            }
            String line = new String(bytes, start, at - start, StandardCharsets.US_ASCII);
            if (line.startsWith("#")) {
                waste += line.length();
            } else if (!line.isEmpty() && !LOCALHOST.contains(line + "\n") && !wanted.remove(line)) {
                write(channel, "#", start);
                waste += line.length();
            }
            start = at + 1;
        }
        return waste;
    }

    private static void readFully(FileChannel channel, byte[] bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining() && channel.read(buffer, buffer.position()) >= 0) {
            // the next part
        }
    }

    private static void write(FileChannel channel, String text, long position) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
        while (buffer.hasRemaining()) {
            position += channel.write(buffer, position);
        }
    }
}
