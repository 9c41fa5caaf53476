package io.cofferdam.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Writes a tar archive (POSIX.1-2001: ustar headers, with pax headers before them for what these cannot hold). */
final class TarOutput {

    static final int BLOCK = 512;

    private static final long MOST_OCTAL_SIZE = 0_777_7777_7777L;
    private static final long MOST_OCTAL_ID = 0_777_7777L;

    private final OutputStream out;
    private final byte[] buffer = new byte[64 * 1024];

    TarOutput(OutputStream out) {
        this.out = out;
    }

    /**
     * Writes one member.
     *
     * @param name its name; a directory's ends with a slash
     * @param entry what it is
     * @param link the name of the member that a hard link is another name of, or where a symbolic link leads
     * @param content exactly as many bytes as the entry says
     */
    void put(String name, FileEntry entry, String link, InputStream content) throws IOException {
        Map<String, String> extended = new LinkedHashMap<>();
        if (bytes(name).length > 100) {
            extended.put("path", name);
        }
        if (bytes(link).length > 100) {
            extended.put("linkpath", link);
        }
        if (entry.size() > MOST_OCTAL_SIZE) {
            extended.put("size", Long.toString(entry.size()));
        }
        if (entry.uid() > MOST_OCTAL_ID) {
            extended.put("uid", Long.toString(entry.uid()));
        }
        if (entry.gid() > MOST_OCTAL_ID) {
            extended.put("gid", Long.toString(entry.gid()));
        }
        long seconds = entry.modified().getEpochSecond();
        String exact = exact(entry.modified());
        if (exact.indexOf('.') >= 0 || seconds < 0 || seconds > MOST_OCTAL_SIZE) {
            extended.put("mtime", exact);
        }
        if (!extended.isEmpty()) {
            byte[] records = records(extended);
            header("pax/" + Integer.toHexString(name.hashCode()), "", 'x', 0644, 0, 0, records.length, 0);
            out.write(records);
            pad(records.length);
        }
        header(
                name,
                link,
                switch (entry.kind()) {
                    case FILE -> '0';
                    case HARDLINK -> '1';
                    case SYMLINK -> '2';
                    case DIRECTORY -> '5';
                },
                entry.mode(),
                Math.min(entry.uid(), MOST_OCTAL_ID),
                Math.min(entry.gid(), MOST_OCTAL_ID),
                Math.min(entry.size(), MOST_OCTAL_SIZE),
                Math.max(0, Math.min(seconds, MOST_OCTAL_SIZE)));
        copy(name, content, entry.size());
        pad(entry.size());
    }

    /** Seconds since 1970, with a fraction if there is one. */
    private static String exact(Instant time) {
        java.math.BigDecimal fraction = java.math.BigDecimal.valueOf(time.getNano(), 9);
        return java.math.BigDecimal.valueOf(time.getEpochSecond())
                .add(fraction)
                .stripTrailingZeros()
                .toPlainString();
    }

    private void copy(String name, InputStream content, long size) throws IOException {
        long left = size;
        while (left > 0) {
            int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                throw new IOException("'" + name + "' became shorter while it was read");
            }
            out.write(buffer, 0, count);
            left -= count;
        }
    }

    /** Marks the end of the archive. */
    void finish() throws IOException {
        out.write(new byte[2 * BLOCK]);
        out.flush();
    }

    private static byte[] records(Map<String, String> extended) {
        StringBuilder records = new StringBuilder();
        extended.forEach((key, value) -> {
            // A record begins with its own length, the digits of that number included.
            int rest = bytes(" " + key + "=" + value + "\n").length;
            int length = rest + Integer.toString(rest).length();
            length = rest + Integer.toString(length).length();
            records.append(length)
                    .append(' ')
                    .append(key)
                    .append('=')
                    .append(value)
                    .append('\n');
        });
        return bytes(records.toString());
    }

    private void header(String name, String link, char type, int mode, long uid, long gid, long size, long seconds)
            throws IOException {
        byte[] header = new byte[BLOCK];
        text(header, 0, 100, name);
        octal(header, 100, 8, mode);
        octal(header, 108, 8, uid);
        octal(header, 116, 8, gid);
        octal(header, 124, 12, size);
        octal(header, 136, 12, seconds);
        Arrays.fill(header, 148, 156, (byte) ' ');
        header[156] = (byte) type;
        text(header, 157, 100, link);
        text(header, 257, 6, "ustar");
        header[263] = '0';
        header[264] = '0';
        int sum = 0;
        for (byte value : header) {
            sum += value & 0xFF;
        }
        text(header, 148, 7, String.format(java.util.Locale.ROOT, "%06o", sum));
        header[154] = 0;
        out.write(header);
    }

    /** What does not fit is in the pax header, which counts. */
    private static void text(byte[] header, int offset, int length, String text) {
        byte[] bytes = bytes(text);
        System.arraycopy(bytes, 0, header, offset, Math.min(length, bytes.length));
    }

    private static void octal(byte[] header, int offset, int length, long value) {
        String digits = Long.toOctalString(value);
        text(header, offset, length - 1, "0".repeat(Math.max(0, length - 1 - digits.length())) + digits);
    }

    private void pad(long size) throws IOException {
        out.write(new byte[(int) ((BLOCK - size % BLOCK) % BLOCK)]);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
