package io.cofferdam.internal.yaml;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file's content with the place of every part, immutable. Text stays text: what it means depends on the field it is in. */
public sealed interface Tree {

    /** What a tag asks for when files are merged. */
    enum Mark {
        /** Nothing: the usual rules apply. */
        NONE,
        /** {@code !reset}: what was there goes away. */
        RESET,
        /** {@code !override}: what was there is replaced. */
        OVERRIDE
    }

    Place place();

    Mark mark();

    /** How many nodes there are when every alias is written out. */
    int size();

    /** The kind of node for messages. */
    String kind();

    /**
     * Text.
     *
     * @param raw the text as it is written, which messages may show
     * @param value the text after substitution, which may hold secrets
     * @param plain whether it has no quotes
     */
    record Scalar(Place place, String raw, String value, boolean plain, Mark mark) implements Tree {

        private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");

        public boolean isNull() {
            return plain && NULLS.contains(raw);
        }

        public Scalar with(String substituted) {
            return new Scalar(place, raw, substituted, plain, mark);
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public String kind() {
            return isNull() ? "nothing" : "text";
        }

        @Override
        public String toString() {
            return "'" + (raw.length() <= 60 ? raw : raw.substring(0, 57) + "...") + "'";
        }
    }

    /** A list. */
    record Sequence(Place place, List<Tree> items, Mark mark, int size) implements Tree {

        public static Sequence of(Place place, List<Tree> items, Mark mark) {
            int size = 1;
            for (Tree item : items) {
                size = sum(size, item.size());
            }
            return new Sequence(place, Collections.unmodifiableList(items), mark, size);
        }

        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * A value with the place of its key.
     *
     * @param key where the key is
     * @param value the value
     */
    record Entry(Place key, Tree value) {}

    /** Keys and values. */
    record Mapping(Place place, Map<String, Entry> entries, Mark mark, int size) implements Tree {

        public static Mapping of(Place place, Map<String, Entry> entries, Mark mark) {
            int size = 1;
            for (Entry entry : entries.values()) {
                size = sum(size, sum(1, entry.value().size()));
            }
            return new Mapping(place, Collections.unmodifiableMap(entries), mark, size);
        }

        public static Mapping empty(Place place) {
            return of(place, Map.of(), Mark.NONE);
        }

        public @Nullable Tree get(String key) {
            Entry entry = entries.get(key);
            return entry == null ? null : entry.value();
        }

        public @Nullable Mapping mapping(String key) {
            return get(key) instanceof Mapping mapping ? mapping : null;
        }

        public Mapping with(String key, Entry entry) {
            Map<String, Entry> more = new LinkedHashMap<>(entries);
            more.put(key, entry);
            return of(place, more, mark);
        }

        public Mapping without(String key) {
            Map<String, Entry> fewer = new LinkedHashMap<>(entries);
            fewer.remove(key);
            return of(place, fewer, mark);
        }

        @Override
        public String kind() {
            return "a mapping";
        }
    }

    /** Whether two trees say the same, wherever they say it. */
    static boolean same(Tree one, Tree other) {
        if (one instanceof Scalar a && other instanceof Scalar b) {
            return a.value().equals(b.value()) && a.isNull() == b.isNull();
        }
        if (one instanceof Sequence a && other instanceof Sequence b) {
            if (a.items().size() != b.items().size()) {
                return false;
            }
            for (int i = 0; i < a.items().size(); i++) {
                if (!same(a.items().get(i), b.items().get(i))) {
                    return false;
                }
            }
            return true;
        }
        if (one instanceof Mapping a && other instanceof Mapping b) {
            return a.entries().keySet().equals(b.entries().keySet())
                    && a.entries().entrySet().stream().allMatch(entry -> {
                        Tree twin = b.get(entry.getKey());
                        return twin != null && same(entry.getValue().value(), twin);
                    });
        }
        return false;
    }

    /** Saturates, since a few aliases can stand for more nodes than a number can count. */
    private static int sum(int one, int other) {
        int sum = one + other;
        return sum < 0 ? Integer.MAX_VALUE : sum;
    }
}
