package io.cofferdam.compose;

import io.cofferdam.environment.DataSize;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.internal.yaml.CoreValues;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads nodes as what their field holds. What cannot be read is told and read as null. Messages show text as it is written, not what
 * variables made of it, since that may be a secret.
 */
final class Values {

    private static final Pattern DURATION_PART =
            Pattern.compile("(\\d+(?:\\.\\d*)?|\\.\\d+)(ns|us|µs|μs|ms|s|m|h|d|w)");
    private static final Pattern SIZE_WITH_POINT = Pattern.compile("(\\d+\\.\\d+)\\s*([kmgt])(?:i?b)?");
    private static final BigDecimal LONGEST = BigDecimal.valueOf(Long.MAX_VALUE);
    private static final Map<String, Long> NANOS = Map.of(
            "ns", 1L,
            "us", 1_000L,
            "µs", 1_000L,
            "μs", 1_000L,
            "ms", 1_000_000L,
            "s", 1_000_000_000L,
            "m", 60_000_000_000L,
            "h", 3_600_000_000_000L,
            "d", 86_400_000_000_000L,
            "w", 604_800_000_000_000L);

    private final Problems problems;

    Values(Problems problems) {
        this.problems = problems;
    }

    @Nullable
    String text(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            if (scalar.isNull()) {
                problems.add(tree.place(), "a value is missing here");
                return null;
            }
            return scalar.value();
        }
        problems.add(tree.place(), "this is " + tree.kind() + ", and a single value is expected");
        return null;
    }

    @Nullable
    Boolean truth(Tree tree) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "y", "1" -> {
                return true;
            }
            case "false", "no", "off", "n", "0" -> {
                return false;
            }
            default -> {
                return wrong(tree, "is neither true nor false");
            }
        }
    }

    boolean isTrue(Tree tree) {
        return Boolean.TRUE.equals(truth(tree));
    }

    @Nullable
    Long whole(Tree tree, long least, long most) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        try {
            long value = Long.parseLong(text.strip());
            return value >= least && value <= most
                    ? (Long) value
                    : wrong(tree, "is not between " + least + " and " + most);
        } catch (NumberFormatException none) {
            return wrong(tree, "is no whole number");
        }
    }

    @Nullable
    Double number(Tree tree) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        try {
            double value = new BigDecimal(text.strip()).doubleValue();
            return Double.isInfinite(value) ? wrong(tree, "is too large") : (Double) value;
        } catch (NumberFormatException none) {
            return wrong(tree, "is no number");
        }
    }

    /** Permission bits, which are octal however they are written: 440, 0440, 0o440. */
    @Nullable
    Integer mode(Tree tree) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        String digits = text.strip().replaceFirst("^0[oO]", "");
        if (!digits.matches("[0-7]{1,5}") || Integer.parseInt(digits, 8) > 07777) {
            return wrong(tree, "is no file mode", "write it in octal digits, such as 0440");
        }
        return Integer.parseInt(digits, 8);
    }

    @Nullable
    Duration duration(Tree tree) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        Duration duration = parse(text.strip());
        return duration == null
                ? wrong(tree, "is no duration", "write it with units, such as 1m30s or 500ms")
                : duration;
    }

    private static @Nullable Duration parse(String text) {
        if (text.equals("0")) {
            return Duration.ZERO;
        }
        BigDecimal nanos = BigDecimal.ZERO;
        Matcher part = DURATION_PART.matcher(text);
        int at = 0;
        while (at < text.length() && text.length() < 100 && part.find(at) && part.start() == at) {
            BigDecimal unit = BigDecimal.valueOf(given(NANOS.get(part.group(2))));
            nanos = nanos.add(new BigDecimal(given(part.group(1))).multiply(unit));
            at = part.end();
        }
        return at == 0 || at < text.length() || nanos.compareTo(LONGEST) > 0
                ? null
                : Duration.ofNanos(nanos.longValue());
    }

    /** How old an image may be: {@code daily}, {@code weekly}, or {@code every_} and a duration. */
    @Nullable
    Duration age(Tree tree) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        if (text.equals("daily") || text.equals("weekly")) {
            return Duration.ofDays(text.equals("daily") ? 1 : 7);
        }
        Duration age = text.startsWith("every_") ? parse(text.substring("every_".length())) : null;
        return age == null || age.isZero()
                ? wrong(tree, "is no pull policy", "write always, never, missing, build, daily, weekly or every_12h")
                : age;
    }

    @Nullable
    Long bytes(Tree tree) {
        String text = text(tree);
        if (text == null) {
            return null;
        }
        Matcher point = SIZE_WITH_POINT.matcher(text.strip().toLowerCase(Locale.ROOT));
        try {
            if (point.matches()) {
                long unit = DataSize.parse("1" + point.group(2));
                return new BigDecimal(given(point.group(1)))
                        .multiply(BigDecimal.valueOf(unit))
                        .toBigInteger()
                        .longValueExact();
            }
            return DataSize.parse(text);
        } catch (InvalidInputException | ArithmeticException none) {
            return wrong(
                    tree, "is no amount of bytes", "write a whole number with an optional unit, such as 512m or 2gb");
        }
    }

    /** A list of texts, or one text for a list of one; null for nothing. */
    List<String> texts(Tree tree) {
        List<String> texts = new ArrayList<>();
        for (Tree item : items(tree)) {
            String text = text(item);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** The items of a list, or the only item where a single text stands for a list of one. */
    List<Tree> items(Tree tree) {
        if (tree instanceof Tree.Sequence sequence) {
            return sequence.items();
        }
        if (tree instanceof Tree.Scalar scalar) {
            return scalar.isNull() ? List.of() : List.of(tree);
        }
        problems.add(tree.place(), "this is " + tree.kind() + ", and a list is expected");
        return List.of();
    }

    /** The items of what has to be a list. */
    List<Tree> list(Tree tree) {
        if (tree instanceof Tree.Scalar scalar && !scalar.isNull()) {
            problems.add(tree.place(), "this is a single value, and a list is expected", "begin it with '- '");
            return List.of();
        }
        return items(tree);
    }

    /** The entries of a mapping; none for nothing. */
    Map<String, Tree.Entry> entries(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            return mapping.entries();
        }
        if (!(tree instanceof Tree.Scalar scalar && scalar.isNull())) {
            problems.add(tree.place(), "this is " + tree.kind() + ", and a mapping is expected");
        }
        return Map.of();
    }

    /** Names and values; a name without a value has an empty one. */
    Map<String, String> pairs(Tree tree) {
        Map<String, String> pairs = new LinkedHashMap<>();
        entries(tree).forEach((name, entry) -> {
            boolean nothing = entry.value() instanceof Tree.Scalar scalar && scalar.isNull();
            String value = nothing ? "" : text(entry.value());
            if (value != null) {
                pairs.put(name, value);
            }
        });
        return pairs;
    }

    /** A command: words as they are, or a line that is split into words. Null for nothing. */
    @Nullable
    List<String> command(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            if (scalar.isNull()) {
                return null;
            }
            List<String> words = Text.words(scalar.value());
            return words == null ? wrong(tree, "has a quote that is not closed") : words;
        }
        return texts(tree);
    }

    /** Plain data by the core schema of YAML 1.2. */
    @Nullable
    Object plain(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            Map<String, @Nullable Object> data = new LinkedHashMap<>();
            mapping.entries().forEach((key, entry) -> data.put(key, plain(entry.value())));
            return data;
        }
        if (tree instanceof Tree.Sequence sequence) {
            List<@Nullable Object> data = new ArrayList<>();
            sequence.items().forEach(item -> data.add(plain(item)));
            return data;
        }
        Tree.Scalar scalar = (Tree.Scalar) tree;
        return scalar.isNull() ? null : scalar.plain() ? CoreValues.read(scalar.value()) : scalar.value();
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // null fits every type
    <T> @Nullable T wrong(Tree tree, String what) {
        return wrong(tree, what, "");
    }

    @SuppressWarnings("TypeParameterUnusedInFormals") // null fits every type
    <T> @Nullable T wrong(Tree tree, String what, String remedy) {
        problems.add(tree.place(), tree + " " + what, remedy);
        return null;
    }

    private static <T> T given(@Nullable T value) {
        return Objects.requireNonNull(value);
    }
}
