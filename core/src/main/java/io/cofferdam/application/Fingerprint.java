package io.cofferdam.application;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A hash over named values that is the same in every JVM. Every value is added with its length, so that no two different series of
 * values are the same bytes. Maps are added in the order of their keys.
 */
final class Fingerprint {

    private static final int HEX_DIGITS = 32;

    private final MessageDigest digest = sha256();

    void add(String name, @Nullable Object value) {
        text(name);
        if (value == null) {
            text("");
            text("absent");
        } else if (value instanceof Map<?, ?> map) {
            Map<String, Object> sorted = new TreeMap<>();
            map.forEach((key, inner) -> sorted.put(key.toString(), inner));
            text("map " + sorted.size());
            sorted.forEach(this::add);
        } else if (value instanceof Collection<?> list) {
            text("list " + list.size());
            list.forEach(element -> text(element.toString()));
        } else {
            text("one");
            text(value.toString());
        }
    }

    /** Adds values whose order has no meaning. */
    void addUnordered(String name, Collection<?> values) {
        List<String> sorted = values.stream().map(Object::toString).sorted().toList();
        add(name, sorted);
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest()).substring(0, HEX_DIGITS);
    }

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(sha256().digest(bytes));
    }

    private void text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int length = bytes.length;
        digest.update((byte) (length >>> 24));
        digest.update((byte) (length >>> 16));
        digest.update((byte) (length >>> 8));
        digest.update((byte) length);
        digest.update(bytes);
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every JVM has SHA-256", impossible);
        }
    }
}
