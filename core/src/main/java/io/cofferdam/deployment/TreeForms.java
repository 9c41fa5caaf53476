package io.cofferdam.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Maps, lists and values of any type as parts of a JSON tree, and back to exactly the types they were. */
final class TreeForms {

    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private TreeForms() {}

    static String text(JsonNode node, String field) {
        String text = textOrNull(node, field);
        if (text == null) {
            throw new IllegalArgumentException("there is no '" + field + "'");
        }
        return text;
    }

    static @Nullable String textOrNull(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || value.isNull() ? null : value.asText();
    }

    static byte[] bytes(JsonNode node, String field) {
        try {
            byte[] bytes = node.path(field).binaryValue();
            if (bytes != null) {
                return bytes;
            }
        } catch (IOException broken) {
            throw new IllegalArgumentException("'" + field + "' is not written in base 64", broken);
        }
        throw new IllegalArgumentException("there is no '" + field + "'");
    }

    static List<String> list(JsonNode node) {
        List<String> list = new ArrayList<>();
        node.forEach(element -> list.add(element.asText()));
        return list;
    }

    static ObjectNode strings(Map<String, String> map) {
        ObjectNode node = NODES.objectNode();
        map.forEach(node::put);
        return node;
    }

    static Map<String, String> strings(JsonNode node) {
        Map<String, String> map = new LinkedHashMap<>();
        node.properties()
                .forEach(entry -> map.put(entry.getKey(), entry.getValue().asText()));
        return map;
    }

    static ObjectNode values(Map<String, ? extends @Nullable Object> map) {
        ObjectNode node = NODES.objectNode();
        map.forEach((key, value) -> node.set(key, write(value)));
        return node;
    }

    static Map<String, @Nullable Object> values(JsonNode node) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        node.properties().forEach(entry -> map.put(entry.getKey(), read(entry.getValue())));
        return map;
    }

    /** JSON knows one type of number only, so those that are no int are written with their type. */
    private static JsonNode write(@Nullable Object value) {
        if (value == null) {
            return NODES.nullNode();
        }
        if (value instanceof Map<?, ?> map) {
            ObjectNode inner = NODES.objectNode();
            map.forEach((key, element) -> inner.set(String.valueOf(key), write(element)));
            return typed("map", inner);
        }
        if (value instanceof List<?> list) {
            ArrayNode array = NODES.arrayNode();
            list.forEach(element -> array.add(write(element)));
            return array;
        }
        if (value instanceof Boolean truth) {
            return NODES.booleanNode(truth);
        }
        if (value instanceof Integer number) {
            return NODES.numberNode(number);
        }
        if (value instanceof Number number) {
            return typed(number.getClass().getSimpleName(), NODES.textNode(number.toString()));
        }
        return NODES.textNode(value.toString());
    }

    private static ObjectNode typed(String type, JsonNode value) {
        ObjectNode node = NODES.objectNode();
        node.set(type, value);
        return node;
    }

    private static @Nullable Object read(JsonNode node) {
        if (node.isNull()) {
            return null;
        }
        if (node.isArray()) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(element -> list.add(read(element)));
            return list;
        }
        if (node.isBoolean()) {
            return node.booleanValue();
        }
        if (node.isNumber()) {
            return node.intValue();
        }
        if (!node.isObject()) {
            return node.asText();
        }
        Map.Entry<String, JsonNode> only = node.properties().iterator().next();
        String text = only.getValue().asText();
        return switch (only.getKey()) {
            case "map" -> values(only.getValue());
            case "Long" -> Long.valueOf(text);
            case "Double" -> Double.valueOf(text);
            case "Float" -> Float.valueOf(text);
            case "Short" -> Short.valueOf(text);
            case "Byte" -> Byte.valueOf(text);
            case "BigInteger" -> new BigInteger(text);
            default -> new BigDecimal(text);
        };
    }
}
