package io.cofferdam.docker;

import java.io.InputStream;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an engine answered.
 *
 * @param status the status
 * @param headers headers by name in lower case
 * @param body the content; ends where the reply ends
 */
record HttpReply(int status, Map<String, String> headers, InputStream body) {

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    @Override
    public String toString() {
        return "HttpReply[" + status + "]";
    }
}
