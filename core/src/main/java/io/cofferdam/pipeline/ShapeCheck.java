package io.cofferdam.pipeline;

import io.cofferdam.internal.yaml.Words;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Holds values against shapes. */
final class ShapeCheck {

    private final Trouble trouble;

    ShapeCheck(Trouble trouble) {
        this.trouble = trouble;
    }

    /** Tells of everything in a value that does not fit, and whether all fits. */
    boolean check(@Nullable Object value, Shape shape, String path) {
        if (value instanceof Secret || (value instanceof String text && Expression.isWhole(text))) {
            return true;
        }
        if (value == null && !(shape instanceof Shape.Anything)) {
            return wrong(path, "a value is missing here", "");
        }
        if (shape instanceof Shape.Text) {
            return text(value, path);
        }
        if (shape instanceof Shape.Word word) {
            return word(value, word, path);
        }
        if (shape instanceof Shape.Whole whole) {
            return whole(value, whole, path);
        }
        if (shape instanceof Shape.Truth) {
            return Data.truth(value) != null || wrong(path, shown(value) + " is neither true nor false", "");
        }
        if (shape instanceof Shape.Time) {
            return time(value, path);
        }
        if (shape instanceof Shape.Command) {
            return command(value, path);
        }
        if (shape instanceof Shape.Listing listing) {
            return listing(value, listing, path);
        }
        if (shape instanceof Shape.Mapping mapping) {
            return mapping(value, mapping, path);
        }
        if (shape instanceof Shape.Either either) {
            return either(value, either, path);
        }
        return !(shape instanceof Shape.Fields fields) || fields(value, fields, path);
    }

    private boolean text(@Nullable Object value, String path) {
        if (!isScalar(value)) {
            return wrong(path, "this is " + kind(value) + ", and text is expected", "");
        }
        return !hasNul(value)
                || wrong(path, "this text has the character U+0000 in it, which ends text for programs", "");
    }

    private static boolean hasNul(@Nullable Object value) {
        return value instanceof String text && text.indexOf('\0') >= 0;
    }

    private boolean word(@Nullable Object value, Shape.Word word, String path) {
        String text = isScalar(value) ? String.valueOf(value) : null;
        if (text == null) {
            return wrong(path, "this is " + kind(value) + ", and text is expected", "");
        }
        if (word.words().contains(text) || Expression.isIn(text)) {
            return true;
        }
        return wrong(path, shown(value) + " is not known here", "write one of " + String.join(", ", word.words()));
    }

    private boolean whole(@Nullable Object value, Shape.Whole whole, String path) {
        Long number = Data.whole(value);
        if (number == null) {
            return (value instanceof String text && Expression.isIn(text))
                    || wrong(path, shown(value) + " is no whole number", "");
        }
        return (number >= whole.least() && number <= whole.most())
                || wrong(
                        path,
                        number + " is " + (number < whole.least() ? "less than " : "more than ")
                                + (number < whole.least() ? whole.least() : whole.most()),
                        "");
    }

    private boolean time(@Nullable Object value, String path) {
        if (value instanceof String text && Expression.isIn(text)) {
            return true;
        }
        Duration time = Data.time(value);
        if (time == null) {
            return wrong(
                    path, shown(value) + " is no time", "write seconds, or text with units such as 1m30s or 500ms");
        }
        return true;
    }

    private boolean command(@Nullable Object value, String path) {
        if (value instanceof List<?> list) {
            if (list.isEmpty()) {
                return wrong(path, "the command is empty", "");
            }
            return listing(value, new Shape.Listing(new Shape.Text()), path);
        }
        if (!isScalar(value)) {
            return wrong(path, "this is " + kind(value) + ", and a command is expected", "");
        }
        if (hasNul(value)) {
            return text(value, path);
        }
        List<String> words = CommandLine.words(String.valueOf(value));
        if (words == null) {
            return wrong(path, "the command has a quote that is not closed", "");
        }
        return !words.isEmpty() || wrong(path, "the command is empty", "");
    }

    private boolean listing(@Nullable Object value, Shape.Listing listing, String path) {
        if (!(value instanceof List<?> list)) {
            return (listing.items() instanceof Shape.Text && isScalar(value))
                    || wrong(path, "this is " + kind(value) + ", and a list is expected", "");
        }
        boolean fits = true;
        for (int i = 0; i < list.size(); i++) {
            fits &= check(list.get(i), listing.items(), path + "[" + i + "]");
        }
        return fits;
    }

    private boolean mapping(@Nullable Object value, Shape.Mapping mapping, String path) {
        if (!(value instanceof Map<?, ?> map)) {
            return wrong(path, "this is " + kind(value) + ", and a mapping is expected", "");
        }
        boolean fits = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            fits &= check(entry.getValue(), mapping.values(), Data.path(path, String.valueOf(entry.getKey())));
        }
        return fits;
    }

    private boolean either(@Nullable Object value, Shape.Either either, String path) {
        Shape first = null;
        for (Shape shape : either.shapes()) {
            List<String> told = new ArrayList<>();
            if (new ShapeCheck((at, what, remedy) -> told.add(what)).check(value, shape, path)) {
                return true;
            }
            if (first == null && isOfKind(value, shape)) {
                first = shape;
            }
        }
        return check(value, first == null ? either.shapes().get(0) : first, path);
    }

    private boolean fields(@Nullable Object value, Shape.Fields fields, String path) {
        if (!(value instanceof Map<?, ?> map)) {
            return wrong(path, "this is " + kind(value) + ", and a mapping is expected", "");
        }
        boolean fits = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String key = String.valueOf(entry.getKey());
            Shape.Field field = fields.fields().get(key);
            fits &= field == null
                    ? unknownKey(path, key, fields.fields().keySet(), "")
                    : check(entry.getValue(), field.shape(), Data.path(path, key));
        }
        for (Shape.Field field : fields.fields().values()) {
            if (field.isRequired() && !map.containsKey(field.name())) {
                fits = wrong(path, "'" + field.name() + "' is missing", "");
            }
        }
        return fits;
    }

    boolean unknownKey(String path, String key, Iterable<String> known, String of) {
        List<String> names = new ArrayList<>();
        known.forEach(names::add);
        String nearest = Words.nearest(key, names);
        return wrong(
                Data.path(path, key) + Places.KEY,
                "there is no key '" + Words.shorten(key) + "'" + of,
                nearest == null
                        ? "remove it; there are " + String.join(", ", names)
                        : "did you mean '" + nearest + "'?");
    }

    private boolean wrong(String path, String what, String remedy) {
        trouble.at(path, what, remedy);
        return false;
    }

    private static boolean isOfKind(@Nullable Object value, Shape shape) {
        if (value instanceof Map) {
            return shape instanceof Shape.Mapping || shape instanceof Shape.Fields;
        }
        return value instanceof List == (shape instanceof Shape.Listing);
    }

    static boolean isScalar(@Nullable Object value) {
        return value instanceof String
                || value instanceof Number
                || value instanceof Boolean
                || value instanceof Secret;
    }

    static String kind(@Nullable Object value) {
        if (value == null) {
            return "nothing";
        }
        if (value instanceof Map) {
            return "a mapping";
        }
        if (value instanceof List) {
            return "a list";
        }
        return value instanceof String ? "text" : value instanceof Boolean ? "a truth value" : "a number";
    }

    private static String shown(@Nullable Object value) {
        return isScalar(value) ? "'" + Words.shorten(String.valueOf(value)) + "'" : kind(value);
    }
}
