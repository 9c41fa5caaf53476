package io.cofferdam.internal.yaml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Makes a tree of a file's text. Resolves aliases and merge keys, and refuses what is too large or too deep before it costs much. */
public final class YamlParser {

    public static final int DEEPEST = 100;
    public static final int MOST_NODES = 400_000;
    private static final int MOST_ALIASES = 100_000;
    private static final String MERGE = "<<";
    private static final Pattern BRACED = Pattern.compile("\\{\\{[^{}\\n]*\\}\\}");

    /** What the parser makes of text that is a single variable in braces, which is substituted by other rules here. */
    private static final String PARSERS_OWN = Tag.ENV_TAG.getValue();

    private final Source source;
    private final String kind;
    private final Problems problems;
    private String bracedText = "";
    private final IdentityHashMap<Node, Tree> made = new IdentityHashMap<>();
    private final IdentityHashMap<Node, Boolean> open = new IdentityHashMap<>();

    private YamlParser(Source source, String kind, Problems problems) {
        this.source = source;
        this.kind = kind;
        this.problems = problems;
    }

    /**
     * Makes the tree, or null if there is none or something is wrong, which is told then.
     *
     * @param kind what such a file is, as the beginning of a sentence: {@code a Compose file is a mapping}
     */
    public static Tree.@Nullable Mapping parse(String text, Source source, String kind, Problems problems) {
        return new YamlParser(source, kind, problems).parse(text);
    }

    /** As {@link #parse}, and takes {@code {{name}}} without quotes for text, which is a mapping in a mapping to others. */
    public static Tree.@Nullable Mapping parseWithBraces(String text, Source source, String kind, Problems problems) {
        YamlParser parser = new YamlParser(source, kind, problems);
        parser.bracedText = text;
        return parser.parse(text);
    }

    private Tree.@Nullable Mapping parse(String text) {
        Place start = new Place(source, 1, 1);
        LoadSettings settings = LoadSettings.builder()
                .setLabel(source.shown())
                .setSchema(new CoreSchema())
                .setAllowDuplicateKeys(true)
                .setAllowNonScalarKeys(!bracedText.isEmpty())
                .setMaxAliasesForCollections(MOST_ALIASES)
                .setCodePointLimit(Integer.MAX_VALUE)
                // In one piece: the parser loses half of a character that lies across two pieces of its own.
                .setBufferSize(text.length() + 16)
                .build();
        try {
            Parser events = new Shallow(new ParserImpl(settings, new StreamReader(settings, text)));
            Optional<Node> root = new Composer(settings, events).getSingleNode();
            if (root.isEmpty()) {
                return Tree.Mapping.empty(start);
            }
            Tree tree = tree(root.get());
            if (tree.size() > MOST_NODES) {
                problems.add(
                        start,
                        "with all aliases written out it has more than " + MOST_NODES + " nodes",
                        "use fewer aliases or several files");
                return null;
            }
            if (tree instanceof Tree.Mapping mapping) {
                return mapping;
            }
            if (tree instanceof Tree.Scalar scalar && scalar.isNull()) {
                return Tree.Mapping.empty(start);
            }
            problems.add(tree.place(), kind + ", not " + tree.kind());
        } catch (TooDeep deep) {
            problems.add(place(deep.mark), "it is nested more than " + DEEPEST + " levels deep");
        } catch (MarkedYamlEngineException wrong) {
            Optional<Mark> mark = wrong.getProblemMark().or(wrong::getContextMark);
            String context =
                    wrong.getContext() == null || wrong.getContext().isBlank() ? "" : wrong.getContext() + ", ";
            problems.add(place(mark), "this is no YAML: " + context + wrong.getProblem());
        } catch (ReaderException wrong) {
            problems.add(
                    start,
                    "this is no YAML: a character that is not allowed, U+" + String.format("%04X", wrong.getCodePoint())
                            + ", at offset " + wrong.getPosition());
        } catch (YamlEngineException | IndexOutOfBoundsException wrong) {
            problems.add(start, "this is no YAML: " + wrong.getMessage());
        }
        return null;
    }

    private Tree tree(Node node) {
        Tree known = made.get(node);
        if (known != null) {
            return known;
        }
        if (open.put(node, true) != null) {
            problems.add(place(node.getStartMark()), "an alias stands for something that it is a part of");
            return Tree.Mapping.empty(place(node.getStartMark()));
        }
        Tree tree = make(node);
        open.remove(node);
        made.put(node, tree);
        return tree;
    }

    private Tree make(Node node) {
        Place place = place(node.getStartMark());
        Tree.Mark mark = mark(node, place);
        if (node instanceof ScalarNode scalar) {
            return new Tree.Scalar(place, scalar.getValue(), scalar.getValue(), scalar.isPlain(), mark);
        }
        if (node instanceof SequenceNode sequence) {
            List<Tree> items = new ArrayList<>();
            sequence.getValue().forEach(item -> items.add(tree(item)));
            return Tree.Sequence.of(place, items, mark);
        }
        String braced = braced(node);
        return braced == null
                ? mapping((MappingNode) node, place, mark)
                : new Tree.Scalar(place, braced, braced, true, mark);
    }

    /** What is written as an expression in two pairs of braces, or null. */
    private @Nullable String braced(Node node) {
        Optional<Mark> from = node.getStartMark();
        Optional<Mark> to = node.getEndMark();
        if (bracedText.isEmpty() || from.isEmpty() || to.isEmpty()) {
            return null;
        }
        int begin = bracedText.offsetByCodePoints(0, from.get().getIndex());
        if (!bracedText.startsWith("{{", begin)) {
            return null;
        }
        int end = bracedText.offsetByCodePoints(
                begin, to.get().getIndex() - from.get().getIndex());
        String written = bracedText.substring(begin, end);
        return BRACED.matcher(written).matches() ? written : null;
    }

    private Tree mapping(MappingNode node, Place place, Tree.Mark mark) {
        Map<String, Tree.Entry> own = new LinkedHashMap<>();
        Deque<Tree.Mapping> merged = new ArrayDeque<>();
        for (NodeTuple pair : node.getValue()) {
            Place at = place(pair.getKeyNode().getStartMark());
            if (!(pair.getKeyNode() instanceof ScalarNode key)) {
                problems.add(at, "a key is text, not a list or a mapping");
                continue;
            }
            Tree value = tree(pair.getValueNode());
            if (key.getValue().equals(MERGE) && key.isPlain()) {
                merge(value, merged);
            } else if (own.put(key.getValue(), new Tree.Entry(at, value)) != null) {
                problems.add(at, "the key '" + Words.shorten(key.getValue()) + "' is there twice", "keep one of them");
            }
        }
        if (!merged.isEmpty()) {
            Map<String, Tree.Entry> all = new LinkedHashMap<>();
            merged.forEach(mapping -> all.putAll(mapping.entries()));
            all.putAll(own);
            return Tree.Mapping.of(place, all, mark);
        }
        return Tree.Mapping.of(place, own, mark);
    }

    /** Of several mappings the first one wins, so it is put last. */
    private void merge(Tree value, Deque<Tree.Mapping> merged) {
        if (value instanceof Tree.Mapping mapping) {
            merged.addFirst(mapping);
        } else if (value instanceof Tree.Sequence several) {
            several.items().forEach(item -> {
                if (item instanceof Tree.Mapping mapping) {
                    merged.addFirst(mapping);
                } else {
                    problems.add(item.place(), "'<<' merges mappings, and this is " + item.kind());
                }
            });
        } else {
            problems.add(value.place(), "'<<' merges mappings, and this is " + value.kind());
        }
    }

    private Tree.Mark mark(Node node, Place place) {
        String tag = node.getTag().getValue();
        if (tag.equals("!reset")) {
            return Tree.Mark.RESET;
        }
        if (tag.equals("!override")) {
            return Tree.Mark.OVERRIDE;
        }
        if (tag.startsWith("!") && !tag.equals(PARSERS_OWN)) {
            problems.add(place, "the tag '" + Words.shorten(tag) + "' is unknown", "there are !reset and !override");
        }
        return Tree.Mark.NONE;
    }

    private Place place(Optional<Mark> mark) {
        return mark.map(at -> new Place(source, at.getLine() + 1, at.getColumn() + 1))
                .orElse(new Place(source, 1, 1));
    }

    /** Passes events on until they are nested too deep, before recursion over them could hurt. */
    private static final class Shallow implements Parser {
        private final Parser events;
        private int depth;

        Shallow(Parser events) {
            this.events = events;
        }

        @Override
        public boolean checkEvent(Event.ID id) {
            return events.checkEvent(id);
        }

        @Override
        public Event peekEvent() {
            return events.peekEvent();
        }

        @Override
        public boolean hasNext() {
            return events.hasNext();
        }

        @Override
        public Event next() {
            Event event = events.next();
            switch (event.getEventId()) {
                case SequenceStart, MappingStart -> depth++;
                case SequenceEnd, MappingEnd -> depth--;
                default -> {}
            }
            if (depth > DEEPEST) {
                throw new TooDeep(event.getStartMark());
            }
            return event;
        }
    }

    private static final class TooDeep extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final transient Optional<Mark> mark;

        TooDeep(Optional<Mark> mark) {
            super("nested too deep", null, false, false);
            this.mark = mark;
        }
    }
}
