package io.cofferdam.examples.cli;

import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code no}, {@code on-failure[:N]} and {@code always}. */
final class RestartText {

    private RestartText() {}

    static Optional<RestartPolicy> parse(@Nullable String text, List<Problem> problems) {
        if (text == null) {
            return Optional.empty();
        }
        if (text.equals("no")) {
            return Optional.of(RestartPolicy.never());
        }
        if (text.equals("always")) {
            return Optional.of(RestartPolicy.always());
        }
        if (text.matches("on-failure(:\\d{1,9})?")) {
            int colon = text.indexOf(':');
            return Optional.of(RestartPolicy.onFailure(colon < 0 ? 0 : Integer.parseInt(text.substring(colon + 1))));
        }
        problems.add(Problem.at("--restart " + text, "it is none of no, on-failure, on-failure:N and always"));
        return Optional.empty();
    }
}
