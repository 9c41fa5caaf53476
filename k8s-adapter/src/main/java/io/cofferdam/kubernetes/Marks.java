package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The library's labels on the cluster's objects. A cluster's labels are short and of few characters: what does not fit is
 * there by its hash, so that it can be selected by, and the full text of all is in one annotation.
 */
final class Marks {

    /** On everything that the library made; nothing without it is ever touched. */
    static final String MANAGED = "app.kubernetes.io/managed-by";

    static final String MANAGED_VALUE = "cofferdam";

    /** What kind of thing of the library's an object is part of. */
    static final String ROLE = "cofferdam.io/role";

    /** The environment's identifier, on each of its objects. */
    static final String UNIT = "cofferdam.io/unit";

    /** The environment's name on the engine, which an update changes. */
    static final String NAME = "cofferdam.io/name";

    /** How often it was started before, on its pods. */
    static final String RUN = "cofferdam.io/run";

    /** All labels, in full. */
    static final String LABELS = "cofferdam.io/labels";

    /** That the end of a pod was asked for. */
    static final String ASKED = "cofferdam.io/stop";

    /** How the last run ended. */
    static final String ENDED = "cofferdam.io/ended";

    /** What only the library knows: health and restarts. */
    static final String VERDICT = "cofferdam.io/verdict";

    private static final Pattern VALUE = Pattern.compile("([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?");
    private static final Pattern KEY =
            Pattern.compile("([a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");
    private static final Pattern DNS = Pattern.compile("[a-z]([a-z0-9-]{0,61}[a-z0-9])?");

    private Marks() {}

    /** The labels of an object, in the cluster's form. The specification is never selected by. */
    static ObjectNode labels(Map<String, String> labels, String role) {
        ObjectNode node = Json.object();
        new TreeMap<>(labels).forEach((label, value) -> {
            if (!label.equals(Labels.SPEC)) {
                node.put(key(label), value(value));
            }
        });
        node.put(MANAGED, MANAGED_VALUE).put(ROLE, role);
        return node;
    }

    static String key(String label) {
        boolean taken =
                label.startsWith("cofferdam.io/") || label.contains("kubernetes.io/") || label.contains("k8s.io/");
        return !taken && KEY.matcher(label).matches() ? label : "label.cofferdam.io/" + hash(label);
    }

    static String value(String value) {
        return VALUE.matcher(value).matches() ? value : "hash-" + hash(value);
    }

    /** The selector of objects of a role that carry labels. A hash may be that of another text, so look again. */
    static String selector(LabelSelector selector, String role) {
        StringBuilder text = new StringBuilder(MANAGED + "=" + MANAGED_VALUE + "," + ROLE + "=" + role);
        new TreeMap<>(selector.required()).forEach((label, value) -> {
            if (!label.equals(Labels.SPEC)) {
                text.append(',').append(key(label));
                if (!value.isEmpty()) {
                    text.append('=').append(value(value));
                }
            }
        });
        return text.toString();
    }

    static String selector(String role) {
        return selector(LabelSelector.all(), role);
    }

    static String annotation(Map<String, String> labels) {
        return Json.write(Json.ofStrings(new TreeMap<>(labels)));
    }

    /** The labels of an object in full; none if it is not ours. */
    static Map<String, String> read(JsonNode object) {
        try {
            return Json.strings(Json.read(
                    object.path("metadata").path("annotations").path(LABELS).asText("{}")));
        } catch (IOException spoiled) {
            return Map.of();
        }
    }

    static String annotation(JsonNode object, String name) {
        return object.path("metadata").path("annotations").path(name).asText("");
    }

    static String label(JsonNode object, String name) {
        return object.path("metadata").path("labels").path(name).asText("");
    }

    static String name(JsonNode object) {
        return object.path("metadata").path("name").asText("");
    }

    /** The name of an object of the cluster for a name of ours: itself if it is one, or one made of it and its hash. */
    static String objectName(String name) {
        return DNS.matcher(name).matches() ? name : readable(name, 46) + "-" + hash(name);
    }

    /** As much of a name as can begin an object's name. */
    static String readable(String name, int length) {
        String text =
                name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^[^a-z]+", "");
        text = text.length() > length ? text.substring(0, length) : text;
        text = text.replaceAll("-+$", "");
        return text.isEmpty() ? "x" : text;
    }

    static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError("every Java runtime has SHA-256", impossible);
        }
    }
}
