package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.error.EngineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The API server said no. What that means to the caller is known by whoever asked; see {@link Faults}. */
final class Refusal extends EngineException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String reason;
    private final String words;
    private final transient @Nullable Duration retryAfter;
    private final List<String> causes;

    private Refusal(
            String message,
            int status,
            String reason,
            String words,
            @Nullable Duration retryAfter,
            List<String> causes) {
        super(message);
        this.status = status;
        this.reason = reason;
        this.words = words;
        this.retryAfter = retryAfter;
        this.causes = causes;
    }

    /**
     * Reads an answer.
     *
     * @param body the server's {@code Status}, or anything else
     * @param retryAfter what the server asked to wait, or null
     */
    static Refusal of(Operation operation, int status, JsonNode body, @Nullable Duration retryAfter) {
        String words = body.path("message").asText("");
        String reason = body.path("reason").asText("");
        List<String> causes = new ArrayList<>();
        for (JsonNode cause : body.path("details").path("causes")) {
            String field = cause.path("field").asText("");
            String message = cause.path("message").asText("");
            causes.add(field.isEmpty() ? message : field + ": " + message);
        }
        if (words.isEmpty()) {
            words = "it gave no reason";
        }
        return new Refusal(
                operation.failed(
                        "the API server answered " + status + (reason.isEmpty() ? "" : " " + reason) + ": " + words),
                status,
                reason,
                words,
                retryAfter,
                List.copyOf(causes));
    }

    int status() {
        return status;
    }

    /** The server's word for it, such as {@code AlreadyExists}; may be empty. */
    String reason() {
        return reason;
    }

    /** The server's own sentence. */
    String words() {
        return words;
    }

    /** What is wrong, field by field; none unless the server told. */
    List<String> causes() {
        return causes;
    }

    @Nullable
    Duration retryAfter() {
        return retryAfter;
    }

    /** Whether the server did nothing yet and asks to come again. */
    boolean isTooMany() {
        return status == 429;
    }

    /** Whether a question may be answered a moment later. */
    boolean isTransient() {
        return status == 429 || status == 500 || status == 502 || status == 503 || status == 504;
    }
}
