package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What a value of a step's configuration has to look like. Shapes check files before anything runs, and values again after their
 * variables were replaced; the published JSON Schema is made of them. Immutable.
 *
 * <p>Text that is exactly one expression fits every shape before its variables are replaced. Numbers and truth values may also be
 * written as text, since that is what values from a command line are.
 */
@Experimental
public sealed interface Shape {

    /** Anything. */
    record Anything() implements Shape {}

    /** Text; numbers and truth values are taken as they are written. */
    record Text() implements Shape {}

    /**
     * Text that is one of several words.
     *
     * @param words the words, at least one
     */
    record Word(List<String> words) implements Shape {

        public Word {
            words = List.copyOf(words);
        }
    }

    /**
     * A whole number.
     *
     * @param least the least there may be
     * @param most the most there may be
     */
    record Whole(long least, long most) implements Shape {}

    /** True or false. */
    record Truth() implements Shape {}

    /** A span of time: seconds as a number, or text with units such as {@code 1m30s}. */
    record Time() implements Shape {}

    /** A command: a list of the program and its arguments, or a line that is split into words as a shell would, without a shell. */
    record Command() implements Shape {}

    /**
     * A list; a single value stands for a list of one where the items are text.
     *
     * @param items what each of its items looks like
     */
    record Listing(Shape items) implements Shape {

        public Listing {
            Objects.requireNonNull(items, "items");
        }
    }

    /**
     * Names and values, the names being anything.
     *
     * @param values what each of its values looks like
     */
    record Mapping(Shape values) implements Shape {

        public Mapping {
            Objects.requireNonNull(values, "values");
        }
    }

    /**
     * One of several shapes.
     *
     * @param shapes at least one; the first of the value's kind is what problems are told of
     */
    record Either(List<Shape> shapes) implements Shape {

        public Either {
            shapes = List.copyOf(shapes);
        }
    }

    /**
     * Keys that are known, each with a shape of its own. Other keys are problems.
     *
     * @param fields the keys
     */
    record Fields(Map<String, Field> fields) implements Shape {

        public Fields {
            fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        }

        /**
         * Fields of a list.
         *
         * @param fields the fields
         * @return their shape
         */
        public static Fields of(Field... fields) {
            Map<String, Field> all = new LinkedHashMap<>();
            for (Field field : fields) {
                all.put(field.name(), field);
            }
            return new Fields(all);
        }
    }

    /**
     * A key.
     *
     * @param name how it is written
     * @param shape what its value looks like
     * @param isRequired whether it has to be there
     * @param description what it means, as a sentence
     */
    record Field(String name, Shape shape, boolean isRequired, String description) {

        public Field {
            Objects.requireNonNull(name, "name");
            Objects.requireNonNull(shape, "shape");
            Objects.requireNonNull(description, "description");
        }

        /**
         * A key that may be left out.
         *
         * @param name how it is written
         * @param shape what its value looks like
         * @param description what it means, as a sentence
         * @return the field
         */
        public static Field optional(String name, Shape shape, String description) {
            return new Field(name, shape, false, description);
        }

        /**
         * A key that has to be there.
         *
         * @param name how it is written
         * @param shape what its value looks like
         * @param description what it means, as a sentence
         * @return the field
         */
        public static Field required(String name, Shape shape, String description) {
            return new Field(name, shape, true, description);
        }
    }

    /**
     * Text.
     *
     * @return the shape
     */
    static Shape text() {
        return new Text();
    }

    /**
     * A whole number that is not negative.
     *
     * @return the shape
     */
    static Shape count() {
        return new Whole(0, Integer.MAX_VALUE);
    }

    /**
     * True or false.
     *
     * @return the shape
     */
    static Shape truth() {
        return new Truth();
    }

    /**
     * A list of texts, or one text.
     *
     * @return the shape
     */
    static Shape texts() {
        return new Listing(new Text());
    }

    /**
     * Names with texts.
     *
     * @return the shape
     */
    static Shape pairs() {
        return new Mapping(new Text());
    }
}
