package io.cofferdam.internal.yaml;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a tree of JSON. */
public final class JsonTree {

    private static final JsonFactory FACTORY = new JsonFactory();

    private final Source source;
    private final Problems problems;
    private final JsonParser parser;
    private int nodes;

    private JsonTree(Source source, Problems problems, JsonParser parser) {
        this.source = source;
        this.problems = problems;
        this.parser = parser;
    }

    /** Makes the tree, or null if something is wrong, which is told then. */
    public static Tree.@Nullable Mapping parse(String text, Source source, String kind, Problems problems) {
        try (JsonParser parser = FACTORY.createParser(text)) {
            JsonTree reader = new JsonTree(source, problems, parser);
            if (parser.nextToken() == null) {
                return Tree.Mapping.empty(new Place(source, 1, 1));
            }
            Tree tree = reader.tree(0);
            if (parser.nextToken() != null) {
                problems.add(reader.place(), "there is something behind the end of the JSON", "remove it");
                return null;
            }
            if (tree instanceof Tree.Mapping mapping) {
                return mapping;
            }
            problems.add(tree.place(), kind + ", not " + tree.kind());
        } catch (JsonParseException broken) {
            JsonLocation at = broken.getLocation();
            Place place = at == null
                    ? new Place(source, 1, 1)
                    : new Place(source, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
            problems.add(place, "this is no JSON: " + broken.getOriginalMessage());
        } catch (IOException broken) {
            problems.add(new Place(source, 1, 1), "this is no JSON: " + broken.getMessage());
        } catch (TooLarge large) {
            problems.add(large.place, "it is too large or nested more than " + YamlParser.DEEPEST + " levels deep");
        }
        return null;
    }

    private Tree tree(int depth) throws IOException {
        Place place = place();
        if (depth > YamlParser.DEEPEST || ++nodes > YamlParser.MOST_NODES) {
            throw new TooLarge(place);
        }
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            Map<String, Tree.Entry> entries = new LinkedHashMap<>();
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                Place key = place();
                String name = parser.currentName();
                parser.nextToken();
                if (entries.put(name, new Tree.Entry(key, tree(depth + 1))) != null) {
                    problems.add(key, "the key '" + Words.shorten(name) + "' is there twice", "keep one of them");
                }
            }
            return Tree.Mapping.of(place, entries, Tree.Mark.NONE);
        }
        if (token == JsonToken.START_ARRAY) {
            List<Tree> items = new ArrayList<>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                items.add(tree(depth + 1));
            }
            return Tree.Sequence.of(place, items, Tree.Mark.NONE);
        }
        boolean isText = token == JsonToken.VALUE_STRING;
        String text = parser.getText();
        return new Tree.Scalar(place, text, text, !isText, Tree.Mark.NONE);
    }

    private Place place() {
        JsonLocation at = parser.currentTokenLocation();
        return new Place(source, Math.max(1, at.getLineNr()), Math.max(1, at.getColumnNr()));
    }

    private static final class TooLarge extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Place place;

        TooLarge(Place place) {
            super("too large", null, false, false);
            this.place = place;
        }
    }
}
