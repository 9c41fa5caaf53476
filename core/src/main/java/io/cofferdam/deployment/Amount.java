package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number of instances: as it is, or in percent of those desired.
 *
 * @param value 0 or more
 * @param isPercent whether it is in percent
 */
@Experimental
public record Amount(int value, boolean isPercent) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,6})(%?)");
    private static final int WHOLE = 100;

    public Amount {
        if (value < 0) {
            throw new InvalidInputException("amount", List.of(Problem.at("amount", value + " is less than 0")));
        }
    }

    /**
     * So many instances.
     *
     * @param value 0 or more
     * @return the amount
     */
    public static Amount of(int value) {
        return new Amount(value, false);
    }

    /**
     * So many of a hundred.
     *
     * @param value 0 or more
     * @return the amount
     */
    public static Amount percent(int value) {
        return new Amount(value, true);
    }

    /**
     * Reads {@code 2} or {@code 25%}.
     *
     * @param text the text
     * @return the amount
     * @throws InvalidInputException if it has neither form
     */
    public static Amount parse(String text) {
        Matcher form = FORM.matcher(text);
        if (!form.matches()) {
            throw new InvalidInputException(
                    "amount",
                    List.of(new Problem("amount", "'" + text + "' is no number of instances", "write 2, or 25%")));
        }
        return new Amount(Integer.parseInt(form.group(1)), !form.group(2).isEmpty());
    }

    /**
     * The number of instances, parts of one counted as one.
     *
     * @param desired how many are desired
     * @return 0 or more
     */
    public int roundedUp(int desired) {
        return isPercent ? (int) (((long) desired * value + WHOLE - 1) / WHOLE) : value;
    }

    /**
     * The number of instances, parts of one not counted.
     *
     * @param desired how many are desired
     * @return 0 or more
     */
    public int roundedDown(int desired) {
        return isPercent ? (int) ((long) desired * value / WHOLE) : value;
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return value + (isPercent ? "%" : "");
    }
}
