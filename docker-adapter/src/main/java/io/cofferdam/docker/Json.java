package io.cofferdam.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes what engines say. Whatever an engine leaves out or sends as null reads as empty. */
final class Json {

    private static final ObjectMapper MAPPER = JsonMapper.builder().build();

    private Json() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Reads one document; what is no JSON is an {@link IOException} without the text, which may hold secrets. */
    static JsonNode read(InputStream in) throws IOException {
        try {
            JsonNode node = MAPPER.readTree(in);
            return node == null ? MissingNode.getInstance() : node;
        } catch (JsonProcessingException malformed) {
            throw new IOException("the answer is no JSON", malformed);
        }
    }

    static JsonNode read(byte[] bytes) throws IOException {
        return read(new java.io.ByteArrayInputStream(bytes));
    }

    static byte[] bytes(JsonNode node) {
        try {
            return MAPPER.writeValueAsBytes(node);
        } catch (JsonProcessingException impossible) {
            throw new IllegalStateException("a tree that cannot be written", impossible);
        }
    }

    /** The filters parameter of lists and events. */
    static String filters(Map<String, Collection<String>> filters) {
        ObjectNode node = object();
        filters.forEach((name, values) -> {
            var array = node.putArray(name);
            values.forEach(array::add);
        });
        return Query.encode(node.toString());
    }

    static Map<String, String> strings(JsonNode node) {
        Map<String, String> strings = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> strings.put(entry.getKey(), entry.getValue().asText("")));
        return strings;
    }

    /** A time, or null for none and for the year 1, which engines write for it. */
    static @Nullable Instant instant(JsonNode node) {
        String text = node.asText("");
        if (text.isEmpty() || text.startsWith("0001-")) {
            return null;
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeParseException unreadable) {
            return null;
        }
    }
}
