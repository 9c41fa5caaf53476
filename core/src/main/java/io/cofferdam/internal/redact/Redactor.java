package io.cofferdam.internal.redact;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * Masks known secret values in text. Secrets that overlap or contain one another are masked as a whole. Of a secret of
 * several lines, such as a key, each longer line is masked by itself too, because output is often seen line by line.
 * Immutable; it never shows its secrets.
 */
public final class Redactor {

    private static final String MASK = "***";

    /** A shorter line of a longer secret, such as a brace, would mask text that is no secret at all. */
    private static final int SHORTEST_LINE = 8;

    private final List<String> secrets;

    private Redactor(List<String> secrets) {
        this.secrets = secrets;
    }

    /**
     * A redactor of the given secrets.
     *
     * @param secrets the values as they are; empty ones are ignored, short ones are not
     * @return the redactor
     */
    public static Redactor of(Collection<String> secrets) {
        return new Redactor(secrets.stream()
                .flatMap(secret -> Stream.concat(Stream.of(secret), longLines(secret)))
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .toList());
    }

    private static Stream<String> longLines(String secret) {
        return Arrays.stream(secret.split("\\R", -1)).filter(line -> line.length() >= SHORTEST_LINE);
    }

    /**
     * Masks every occurrence of every secret.
     *
     * @param text any text
     * @return the text with {@code ***} in place of each secret, or of each run of adjoining ones
     */
    public String redact(String text) {
        BitSet masked = new BitSet();
        for (String secret : secrets) {
            for (int at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
                masked.set(at, at + secret.length());
            }
        }
        return masked.isEmpty() ? text : mask(text, masked);
    }

    private static String mask(String text, BitSet masked) {
        StringBuilder result = new StringBuilder(text.length());
        int plain = 0;
        for (int from = masked.nextSetBit(0); from >= 0; from = masked.nextSetBit(plain)) {
            result.append(text, plain, from).append(MASK);
            plain = masked.nextClearBit(from);
        }
        return result.append(text, plain, text.length()).toString();
    }

    /** Says how many secrets it knows, and none of them. */
    @Override
    public String toString() {
        return "redactor of " + secrets.size() + " secrets";
    }
}
