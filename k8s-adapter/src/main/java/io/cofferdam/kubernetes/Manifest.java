package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/** Objects in files, as the cluster's own client reads them: YAML 1.1, in which {@code 0644} is octal. */
final class Manifest {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    /** An object, and where it was written. */
    record Part(int document, ObjectNode object) {

        String apiVersion() {
            return object.path("apiVersion").asText("");
        }

        String kind() {
            return object.path("kind").asText("");
        }

        String name() {
            return Marks.name(object);
        }

        @Nullable
        String namespace() {
            String namespace = object.path("metadata").path("namespace").asText("");
            return namespace.isEmpty() ? null : namespace;
        }
    }

    private Manifest() {}

    /** Times stay as they are written: the cluster reads them as text. */
    private static final class WithoutTimes extends Resolver {
        @Override
        public void addImplicitResolver(Tag tag, Pattern pattern, String first) {
            if (!tag.equals(Tag.TIMESTAMP)) {
                super.addImplicitResolver(tag, pattern, first);
            }
        }

        @Override
        public void addImplicitResolver(Tag tag, Pattern pattern, String first, int limit) {
            if (!tag.equals(Tag.TIMESTAMP)) {
                super.addImplicitResolver(tag, pattern, first, limit);
            }
        }
    }

    /**
     * Reads one or more documents; lists in them are taken apart.
     *
     * @throws InvalidInputException with everything that is no object
     */
    static List<Part> read(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        DumperOptions none = new DumperOptions();
        Yaml yaml = new Yaml(new SafeConstructor(options), new Representer(none), none, options, new WithoutTimes());
        List<Part> parts = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        int document = 0;
        try {
            for (Object each : yaml.loadAll(text)) {
                document++;
                if (each != null) {
                    add(document, each, parts, problems);
                }
            }
        } catch (MarkedYAMLException malformed) {
            String where = malformed.getProblemMark() == null
                    ? "manifest"
                    : "line " + (malformed.getProblemMark().getLine() + 1);
            problems.add(Problem.at(where, "this is no YAML: " + malformed.getProblem()));
        } catch (YAMLException malformed) {
            problems.add(Problem.at("manifest", "this is no YAML: " + malformed.getMessage()));
        }
        if (parts.isEmpty() && problems.isEmpty()) {
            problems.add(new Problem("manifest", "there is nothing in it", "write at least one object"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the manifest", problems);
        }
        return parts;
    }

    private static void add(int document, Object read, List<Part> parts, List<Problem> problems) {
        String where = "document " + document;
        if (!(read instanceof Map)) {
            problems.add(Problem.at(where, "an object is a mapping with 'apiVersion', 'kind' and 'metadata'"));
            return;
        }
        JsonNode tree = MAPPER.valueToTree(read);
        if (tree.path("kind").asText("").endsWith("List") && tree.path("items").isArray()) {
            for (JsonNode item : tree.path("items")) {
                check(document, where, item, parts, problems);
            }
            return;
        }
        check(document, where, tree, parts, problems);
    }

    private static void check(int document, String where, JsonNode tree, List<Part> parts, List<Problem> problems) {
        List<String> missing = new ArrayList<>();
        if (tree.path("apiVersion").asText("").isBlank()) {
            missing.add("apiVersion");
        }
        if (tree.path("kind").asText("").isBlank()) {
            missing.add("kind");
        }
        if (tree.path("metadata").path("name").asText("").isBlank()) {
            missing.add("metadata.name");
        }
        missing.forEach(field -> problems.add(Problem.at(where, "there is no '" + field + "'")));
        if (missing.isEmpty() && tree instanceof ObjectNode object) {
            parts.add(new Part(document, object));
        }
    }

    /**
     * Writes what the cluster's own client leaves to the server, and servers before 1.21 do not add before they look: the usual
     * protocol of ports, which are told apart by it, and amounts as text.
     */
    static void forOldServers(ObjectNode object) {
        if (object.path("kind").asText("").equals("Service")) {
            object.path("spec").path("ports").forEach(Manifest::sayProtocol);
        }
        inContainers(object);
    }

    private static void inContainers(JsonNode node) {
        node.forEach(each -> {
            if (each.has("containerPort")) {
                sayProtocol(each);
            }
            for (String amounts : List.of("limits", "requests")) {
                if (each.path("resources").path(amounts) instanceof ObjectNode written) {
                    written.properties().forEach(amount -> {
                        if (amount.getValue().isNumber()) {
                            amount.setValue(TextNode.valueOf(amount.getValue().asText()));
                        }
                    });
                }
            }
            inContainers(each);
        });
    }

    private static void sayProtocol(JsonNode port) {
        if (port instanceof ObjectNode written && !written.has("protocol")) {
            written.put("protocol", "TCP");
        }
    }
}
