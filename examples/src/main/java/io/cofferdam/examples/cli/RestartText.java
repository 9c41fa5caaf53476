package io.cofferdam.examples.cli;

import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes {@code no}, {@code on-failure[:N]}, {@code always} and {@code unhealthy[:N]}; {@code +unhealthy} behind
 * one of the others asks for both.
 */
final class RestartText {

    private static final Pattern FORM =
            Pattern.compile("(?:no|(always)|(on-failure|unhealthy)(?::(\\d{1,9}))?)(\\+unhealthy)?");

    private RestartText() {}

    static Optional<RestartPolicy> parse(@Nullable String text, List<Problem> problems) {
        if (text == null) {
            return Optional.empty();
        }
        Matcher form = FORM.matcher(text);
        boolean known = form.matches();
        boolean both = known && form.group(4) != null;
        if (!known || (both && (text.startsWith("no+") || text.startsWith("unhealthy")))) {
            problems.add(Problem.at(
                    "--restart " + text,
                    "it is none of no, on-failure, on-failure:N, always and unhealthy:N, nor always+unhealthy or"
                            + " on-failure:N+unhealthy"));
            return Optional.empty();
        }
        int retries = form.group(3) == null ? 0 : Integer.parseInt(form.group(3));
        RestartPolicy policy = text.startsWith("always")
                ? RestartPolicy.always()
                : text.startsWith("on-failure")
                        ? RestartPolicy.onFailure(retries)
                        : text.startsWith("unhealthy") ? RestartPolicy.onUnhealthy(retries) : RestartPolicy.never();
        return Optional.of(both ? policy.andWhenUnhealthy() : policy);
    }

    static String shown(RestartPolicy policy) {
        String bound = policy.maxRetries() == 0 ? "" : ":" + policy.maxRetries();
        return switch (policy.condition()) {
            case NEVER -> policy.whenUnhealthy() ? "unhealthy" + bound : "no";
            case ALWAYS -> policy.whenUnhealthy() ? "always+unhealthy" : "always";
            case ON_FAILURE -> "on-failure" + bound + (policy.whenUnhealthy() ? "+unhealthy" : "");
        };
    }
}
