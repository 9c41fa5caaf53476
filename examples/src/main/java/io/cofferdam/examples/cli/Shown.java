package io.cofferdam.examples.cli;

import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Facts about environments as tables show them. */
final class Shown {

    private Shown() {}

    /** An enum constant as people and JSON see it: {@code on-failure}. */
    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** {@code running (healthy) 5m}, {@code exited (1) 2h}. */
    static String state(EnvironmentStatus status, Instant now) {
        StringBuilder text = new StringBuilder(name(status.state()));
        if (status.state() == EnvironmentState.EXITED && status.exitCode().isPresent()) {
            text.append(" (").append(status.exitCode().getAsInt());
            text.append(status.outOfMemory() ? ", out of memory)" : ")");
        } else if (status.state().isAlive() && status.health() != HealthStatus.NONE) {
            text.append(" (").append(name(status.health())).append(')');
        }
        Instant since = status.state().isAlive() ? status.started() : status.finished();
        if (since != null) {
            text.append(' ').append(Durations.shown(Duration.between(since, now)));
        }
        return text.toString();
    }

    /** A line for each published port of what runs: where it is reached now, which may be elsewhere after the next start. */
    static List<String> reached(EnvironmentStatus status) {
        return status.state().isAlive()
                ? status.endpoints().stream()
                        .map(endpoint ->
                                "  port " + endpoint.port() + "/" + endpoint.protocol() + " is reached at " + endpoint)
                        .toList()
                : List.of();
    }

    /** {@code 127.0.0.1:49153->80}, separated by commas. */
    static String endpoints(EnvironmentStatus status) {
        return status.endpoints().stream()
                .map(endpoint -> endpoint + "->" + endpoint.port() + "/" + endpoint.protocol())
                .collect(Collectors.joining(", "));
    }
}
