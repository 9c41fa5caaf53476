package io.cofferdam.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.error.StorageException;

/** Reads and writes what the engine keeps in records. */
final class StateJson {

    private static final ObjectMapper MAPPER = new ObjectMapper();

    private StateJson() {}

    static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new StorageException(
                    "a record of a deployment cannot be read, since it is no JSON (line "
                            + (e.getLocation() == null ? 1 : e.getLocation().getLineNr())
                            + "): was it changed by hand, or written by a newer version?",
                    e);
        }
    }

    static String write(JsonNode json) {
        return json.toString();
    }
}
