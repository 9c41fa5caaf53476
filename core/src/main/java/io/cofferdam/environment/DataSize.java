package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes amounts of bytes as people write them. */
public final class DataSize {

    private static final Pattern FORM = Pattern.compile("(\\d+)\\s*([kmgt]?)(?:i?b)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "kmgt";

    private DataSize() {}

    /**
     * Reads an amount such as {@code 512m}, {@code 1GiB}, {@code 64kb} or {@code 1048576}. Units are powers of 1024,
     * as in Docker's own options.
     *
     * @param text the amount
     * @return bytes, 0 or more
     * @throws InvalidInputException if the text is no amount or is more than 2⁶³−1 bytes
     */
    public static long parse(String text) {
        Matcher form = FORM.matcher(text.strip());
        if (!form.matches()) {
            throw invalid(text, "an amount of bytes is a whole number with an optional k, m, g or t, such as 512m");
        }
        String unit = form.group(2).toLowerCase(Locale.ROOT);
        try {
            long factor = unit.isEmpty() ? 1 : 1L << (10 * (UNITS.indexOf(unit.charAt(0)) + 1));
            return Math.multiplyExact(Long.parseLong(form.group(1)), factor);
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw invalid(text, "the amount is larger than 2^63 - 1 bytes");
        }
    }

    /**
     * Writes an amount with the largest unit that leaves a number below 1024, with at most one decimal.
     *
     * @param bytes 0 or more
     * @return for example {@code 1.5 MiB}
     */
    public static String format(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double amount = bytes;
        int unit = -1;
        while (amount >= 1024 && unit < UNITS.length() - 1) {
            amount /= 1024;
            unit++;
        }
        String number = String.format(Locale.ROOT, amount >= 100 ? "%.0f" : "%.1f", amount);
        return number + " " + Character.toUpperCase(UNITS.charAt(unit)) + "iB";
    }

    private static InvalidInputException invalid(String text, String what) {
        return new InvalidInputException("amount of bytes '" + text + "'", List.of(Problem.at("size", what)));
    }
}
