package io.cofferdam.driver;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads a tar archive that is not trusted: ustar, pax and the long names of GNU. Every fault is a {@link Malformed}; what
 * it keeps in memory is bounded.
 */
final class TarInput {

    /** More than any name needs. */
    private static final int MOST_EXTENDED = 64 * 1024;

    private final InputStream in;
    private long left;
    private long padding;
    private boolean ended;

    /** The archive itself is wrong, rather than the reading of it. */
    static final class Malformed extends IOException {
        private static final long serialVersionUID = 1L;

        Malformed(String message) {
            super(message);
        }
    }

    /**
     * One member.
     *
     * @param name its name as it is in the archive
     * @param type its type as in the archive: {@code 0} to {@code 7}
     * @param link the link name as it is in the archive
     */
    record Member(String name, char type, String link, int mode, long uid, long gid, long size, Instant modified) {}

    TarInput(InputStream in) {
        this.in = in;
    }

    /** The next member; null at the end that the archive marks itself. */
    @Nullable
    Member next() throws IOException {
        if (ended) {
            return null;
        }
        Map<String, String> extended = new HashMap<>();
        while (true) {
            skip();
            byte[] header = block();
            if (isZero(header)) {
                ended = true;
                return null;
            }
            check(header);
            char type = (char) (header[156] & 0xFF);
            long size = number(header, 124, 12);
            if (size < 0) {
                throw new Malformed("a member has a negative size");
            }
            if (type == 'x' || type == 'g' || type == 'L' || type == 'K') {
                String text = small(size);
                switch (type) {
                    case 'x' -> records(text, extended);
                    case 'L' -> extended.put("path", upToZero(text));
                    case 'K' -> extended.put("linkpath", upToZero(text));
                    default -> {
                        // Of the whole archive: nothing in it that is needed.
                    }
                }
                continue;
            }
            return member(header, type, size, extended);
        }
    }

    private Member member(byte[] header, char type, long size, Map<String, String> extended) throws Malformed {
        boolean ustar = text(header, 257, 5).equals("ustar");
        String prefix = ustar && header[262] == 0 ? text(header, 345, 155) : "";
        String name = prefix.isEmpty() ? text(header, 0, 100) : prefix + "/" + text(header, 0, 100);
        long real = extended.containsKey("size") ? decimal(extended.getOrDefault("size", ""), "size") : size;
        boolean hasContent = type == '0' || type == 0 || type == '7';
        if (extended.keySet().stream().anyMatch(key -> key.startsWith("GNU.sparse.")) || type == 'S') {
            throw new Malformed("'" + name + "' is stored with holes, which is not supported");
        }
        if (real < 0) {
            throw new Malformed("a member has a negative size");
        }
        left = hasContent || real > 0 ? real : 0;
        padding = (TarOutput.BLOCK - left % TarOutput.BLOCK) % TarOutput.BLOCK;
        return new Member(
                extended.getOrDefault("path", name),
                type == 0 || type == '7' ? '0' : type,
                extended.getOrDefault("linkpath", text(header, 157, 100)),
                (int) (number(header, 100, 8) & 07777),
                extended.containsKey("uid") ? decimal(extended.getOrDefault("uid", ""), "uid") : number(header, 108, 8),
                extended.containsKey("gid") ? decimal(extended.getOrDefault("gid", ""), "gid") : number(header, 116, 8),
                hasContent ? real : 0,
                modified(extended.get("mtime"), number(header, 136, 12)));
    }

    private static Instant modified(@Nullable String exact, long seconds) throws Malformed {
        try {
            if (exact == null) {
                return Instant.ofEpochSecond(seconds);
            }
            if (exact.length() > 40 || exact.indexOf('e') >= 0 || exact.indexOf('E') >= 0) {
                throw new Malformed("a member's time is no number");
            }
            BigDecimal time = new BigDecimal(exact);
            long whole = time.setScale(0, java.math.RoundingMode.FLOOR).longValueExact();
            return Instant.ofEpochSecond(
                    whole,
                    time.subtract(BigDecimal.valueOf(whole)).movePointRight(9).longValue());
        } catch (ArithmeticException | NumberFormatException | DateTimeException wrong) {
            throw new Malformed("a member's time is out of range");
        }
    }

    /** The content of the last member. */
    InputStream content() {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (left == 0) {
                    return -1;
                }
                int count = some(bytes, offset, (int) Math.min(length, left));
                if (count < 0) {
                    throw truncated();
                }
                left -= count;
                return count;
            }
        };
    }

    private static Malformed truncated() {
        return new Malformed("it ends in the middle: it was cut off");
    }

    private void skip() throws IOException {
        byte[] waste = new byte[8 * 1024];
        InputStream content = content();
        while (content.read(waste, 0, waste.length) >= 0) {
            // Passed over.
        }
        full(waste, (int) padding);
        padding = 0;
    }

    private void full(byte[] bytes, int length) throws IOException {
        int count = 0;
        while (count < length) {
            int more = some(bytes, count, length - count);
            if (more < 0) {
                throw truncated();
            }
            count += more;
        }
    }

    /** Faults of a compressed archive are faults of the archive. */
    private int some(byte[] bytes, int offset, int length) throws IOException {
        try {
            return in.read(bytes, offset, length);
        } catch (EOFException cut) {
            throw truncated();
        } catch (ZipException damaged) {
            throw new Malformed("its compression is damaged: " + damaged.getMessage());
        }
    }

    private byte[] block() throws IOException {
        byte[] block = new byte[TarOutput.BLOCK];
        full(block, block.length);
        return block;
    }

    private String small(long size) throws IOException {
        if (size > MOST_EXTENDED) {
            throw new Malformed("a header is longer than " + MOST_EXTENDED + " bytes");
        }
        left = size;
        padding = (TarOutput.BLOCK - size % TarOutput.BLOCK) % TarOutput.BLOCK;
        return new String(content().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static void records(String text, Map<String, String> into) throws Malformed {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int at = 0;
        while (at < bytes.length) {
            int space = at;
            while (space < bytes.length && bytes[space] != ' ') {
                space++;
            }
            String digits = new String(bytes, at, space - at, StandardCharsets.US_ASCII);
            if (!digits.matches("\\d{1,6}")) {
                throw new Malformed("an extended header is damaged");
            }
            int end = at + Integer.parseInt(digits);
            if (end > bytes.length || end < space + 3) {
                throw new Malformed("an extended header is damaged");
            }
            String record = new String(bytes, space + 1, end - space - 2, StandardCharsets.UTF_8);
            int equals = record.indexOf('=');
            if (equals < 1) {
                throw new Malformed("an extended header is damaged");
            }
            into.put(record.substring(0, equals), record.substring(equals + 1));
            at = end;
        }
    }

    private static void check(byte[] header) throws Malformed {
        int sum = 0;
        for (int i = 0; i < header.length; i++) {
            sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xFF;
        }
        long written;
        try {
            written = number(header, 148, 8);
        } catch (Malformed noNumber) {
            throw new Malformed("it is no tar archive, or it is damaged");
        }
        if (written != sum) {
            throw new Malformed("it is no tar archive, or it is damaged");
        }
    }

    /** A number in octal, or in base 256 if its first bit is set. */
    private static long number(byte[] header, int offset, int length) throws Malformed {
        if ((header[offset] & 0x80) != 0) {
            long value = header[offset] & 0x7F;
            for (int i = 1; i < length; i++) {
                if (value > Long.MAX_VALUE >> 8) {
                    throw new Malformed("a number in a header is too large");
                }
                value = (value << 8) | (header[offset + i] & 0xFF);
            }
            return value;
        }
        String digits = text(header, offset, length).strip();
        if (digits.isEmpty()) {
            return 0;
        }
        if (!digits.matches("[0-7]{1,21}")) {
            throw new Malformed("a number in a header is none");
        }
        return Long.parseLong(digits, 8);
    }

    private static long decimal(String digits, String what) throws Malformed {
        if (!digits.matches("\\d{1,18}")) {
            throw new Malformed("the " + what + " of a member is no number, or too large");
        }
        return Long.parseLong(digits);
    }

    private static String text(byte[] header, int offset, int length) {
        int end = offset;
        while (end < offset + length && header[end] != 0) {
            end++;
        }
        return new String(header, offset, end - offset, StandardCharsets.UTF_8);
    }

    private static String upToZero(String text) {
        int zero = text.indexOf('\0');
        return zero < 0 ? text : text.substring(0, zero);
    }

    private static boolean isZero(byte[] block) {
        for (byte value : block) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }
}
