package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to an engine. Its text form shows neither body nor headers, which may hold secrets.
 *
 * @param method the method
 * @param path path and query without the API version
 * @param headers headers besides those of every request
 * @param body what to send, or null
 * @param repeatable whether sending it twice does no harm
 */
record HttpRequest(
        String method,
        String path,
        Map<String, String> headers,
        @Nullable Body body,
        boolean repeatable) {

    /** Something to send. */
    sealed interface Body {}

    /** Bytes that are there already. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Bytes(byte[] bytes) implements Body {}

    /** Something written while it is sent, in chunks. */
    record Written(Writer writer) implements Body {}

    /** Writes a body. */
    @FunctionalInterface
    interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    static HttpRequest get(String path) {
        return new HttpRequest("GET", path, Map.of(), null, true);
    }

    static HttpRequest head(String path) {
        return new HttpRequest("HEAD", path, Map.of(), null, true);
    }

    static HttpRequest delete(String path) {
        return new HttpRequest("DELETE", path, Map.of(), null, true);
    }

    static HttpRequest post(String path) {
        return new HttpRequest("POST", path, Map.of(), null, false);
    }

    static HttpRequest post(String path, JsonNode body) {
        return new HttpRequest(
                "POST", path, Map.of("Content-Type", "application/json"), new Bytes(Json.bytes(body)), false);
    }

    static HttpRequest put(String path, String contentType, Writer body) {
        return new HttpRequest("PUT", path, Map.of("Content-Type", contentType), new Written(body), false);
    }

    /** The same request, for an operation that may be done twice. */
    HttpRequest asRepeatable() {
        return new HttpRequest(method, path, headers, body, true);
    }

    HttpRequest withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpRequest(method, path, more, body, repeatable);
    }

    @Override
    public String toString() {
        return method + " " + path;
    }
}
