package io.cofferdam.examples.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads and writes durations as people do: {@code 10s}, {@code 1h30m}, {@code 250ms}; also ISO-8601, {@code PT10S}. */
final class Durations implements ITypeConverter<Duration> {

    /** Stands for no limit where an API wants one: ten years. */
    static final Duration FOREVER = Duration.ofDays(3650);

    private static final Pattern PART = Pattern.compile("(\\d{1,9})(ms|s|m|h|d)");

    @Override
    public Duration convert(String text) {
        Duration duration = text.regionMatches(true, 0, "P", 0, 1) ? iso(text) : parts(text.toLowerCase(Locale.ROOT));
        if (duration.isNegative() || duration.compareTo(FOREVER) > 0) {
            throw new TypeConversionException("'" + Text.visible(text) + "' is not between 0 and 3650 days");
        }
        return duration;
    }

    /** The duration with its two largest units: {@code 3d 4h}, {@code 12m 5s}, {@code 8s}. */
    static String shown(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        long[] amounts = {seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60};
        String[] units = {"d", "h", "m", "s"};
        int first = 0;
        while (first < 3 && amounts[first] == 0) {
            first++;
        }
        String text = amounts[first] + units[first];
        return first == 3 || amounts[first + 1] == 0 ? text : text + " " + amounts[first + 1] + units[first + 1];
    }

    private static Duration iso(String text) {
        try {
            return Duration.parse(text);
        } catch (DateTimeException | ArithmeticException wrong) {
            throw unreadable(text);
        }
    }

    private static Duration parts(String text) {
        Duration sum = Duration.ZERO;
        Matcher part = PART.matcher(text);
        int end = 0;
        while (part.find() && part.start() == end) {
            long amount = Long.parseLong(part.group(1));
            sum = switch (part.group(2)) {
                case "ms" -> sum.plusMillis(amount);
                case "s" -> sum.plusSeconds(amount);
                case "m" -> sum.plusMinutes(amount);
                case "h" -> sum.plusHours(amount);
                default -> sum.plusDays(amount);
            };
            end = part.end();
        }
        if (end == 0 || end != text.length()) {
            throw unreadable(text);
        }
        return sum;
    }

    private static TypeConversionException unreadable(String text) {
        return new TypeConversionException(
                "'" + Text.visible(text) + "' is no duration; write it like 10s, 5m, 1h30m, 250ms or PT10S");
    }
}
