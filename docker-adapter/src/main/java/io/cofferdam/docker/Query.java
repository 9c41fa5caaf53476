package io.cofferdam.docker;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Parts of request paths. */
final class Query {

    private Query() {}

    /** For the value of a parameter. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** For one segment of the path. */
    static String segment(String text) {
        return encode(text).replace("+", "%20");
    }

    /** For a path of several segments, whose slashes stay. */
    static String segments(String text) {
        return segment(text).replace("%2F", "/");
    }
}
