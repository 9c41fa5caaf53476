package io.cofferdam.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Plain data, as files have it: text, numbers, truth values, nothing, lists and maps of them. Secrets may be among them. */
final class Data {

    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
            .build();
    private static final Pattern TIME_PART = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ms|s|m|h|d)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Pattern SIMPLE = Pattern.compile("[A-Za-z0-9_-]+");
    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(3_600L * 24 * 365 * 10);

    private Data() {}

    /** A copy nobody can change. Whole numbers become longs where they fit. */
    static @Nullable Object copy(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            return map(map);
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(copy(item)));
            return Collections.unmodifiableList(copy);
        }
        if (value instanceof Integer || value instanceof Short || value instanceof Byte) {
            return ((Number) value).longValue();
        }
        if (value instanceof BigInteger big && big.bitLength() < 64) {
            return big.longValue();
        }
        if (value instanceof Float real) {
            return Double.valueOf(real);
        }
        if (value == null
                || value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Secret) {
            return value;
        }
        throw new IllegalArgumentException("a value is text, a number, true, false, null, a list or a map, not "
                + value.getClass().getName());
    }

    static Map<String, @Nullable Object> map(Map<?, ?> map) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        map.forEach((key, item) -> copy.put(String.valueOf(key), copy(item)));
        return Collections.unmodifiableMap(copy);
    }

    /** The same with the keys of all maps in order, so that equal data is written alike. */
    static @Nullable Object sorted(@Nullable Object value) {
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> sorted = new TreeMap<>();
            map.forEach((key, item) -> sorted.put(String.valueOf(key), sorted(item)));
            return sorted;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> sorted = new ArrayList<>(list.size());
            list.forEach(item -> sorted.add(sorted(item)));
            return sorted;
        }
        return value;
    }

    static String path(String path, String key) {
        String last = SIMPLE.matcher(key).matches() ? key : "\"" + key + "\"";
        return path.isEmpty() ? last : path + "." + last;
    }

    static @Nullable Boolean truth(@Nullable Object value) {
        if (value instanceof Boolean truth) {
            return truth;
        }
        if (value instanceof String text) {
            switch (text.strip().toLowerCase(Locale.ROOT)) {
                case "true", "yes", "on" -> {
                    return true;
                }
                case "false", "no", "off" -> {
                    return false;
                }
                default -> {
                    return null;
                }
            }
        }
        return null;
    }

    static @Nullable Long whole(@Nullable Object value) {
        if (value instanceof Long number) {
            return number;
        }
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof String text && text.length() < 20) {
            try {
                return Long.valueOf(text.strip());
            } catch (NumberFormatException none) {
                return null;
            }
        }
        return null;
    }

    /** A time that is not negative; null for anything else. */
    static @Nullable Duration time(@Nullable Object value) {
        if (value instanceof Long || value instanceof Double || value instanceof Integer) {
            double seconds = ((Number) value).doubleValue();
            return seconds < 0 || Double.isNaN(seconds) || seconds > LONGEST_SECONDS.doubleValue()
                    ? null
                    : Duration.ofMillis(Math.round(seconds * 1000));
        }
        if (!(value instanceof String text) || text.length() > 60) {
            return null;
        }
        String stripped = text.strip();
        try {
            return time((Object) Long.valueOf(stripped));
        } catch (NumberFormatException units) {
            // Goes on with units.
        }
        Matcher part = TIME_PART.matcher(stripped);
        BigDecimal millis = BigDecimal.ZERO;
        int at = 0;
        while (at < stripped.length() && part.find(at) && part.start() == at) {
            long unit = MILLIS.getOrDefault(part.group(2), 0L);
            millis = millis.add(new BigDecimal(part.group(1)).multiply(BigDecimal.valueOf(unit)));
            at = part.end();
        }
        return at == 0 || at < stripped.length() || millis.movePointLeft(3).compareTo(LONGEST_SECONDS) > 0
                ? null
                : Duration.ofMillis(millis.longValue());
    }

    /** A time as files write it. */
    static String written(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + "s" : time.toMillis() + "ms";
    }

    static String json(@Nullable Object value) {
        try {
            return JSON.writeValueAsString(plain(value));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("plain data could not be written", impossible);
        }
    }

    static String prettyJson(@Nullable Object value) {
        try {
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(plain(value));
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("plain data could not be written", impossible);
        }
    }

    /** Reads what {@link #json} wrote. */
    static @Nullable Object parse(String json) {
        try {
            return copy(JSON.readValue(json, Object.class));
        } catch (JsonProcessingException broken) {
            throw new IllegalArgumentException("this is no JSON: " + broken.getOriginalMessage(), broken);
        }
    }

    @SuppressWarnings("unchecked") // copies have text for keys
    static Map<String, @Nullable Object> parseMap(String json) {
        return parse(json) instanceof Map<?, ?> map ? (Map<String, @Nullable Object>) map : none();
    }

    /** No keys and no values. */
    static Map<String, @Nullable Object> none() {
        return Collections.emptyMap();
    }

    /** Without secrets. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Secret secret) {
            return secret.toString();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item)));
            return copy;
        }
        if (value instanceof List<?> list) {
            List<@Nullable Object> copy = new ArrayList<>(list.size());
            list.forEach(item -> copy.add(plain(item)));
            return copy;
        }
        return value;
    }
}
