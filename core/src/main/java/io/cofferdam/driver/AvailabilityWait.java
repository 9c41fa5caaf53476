package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One wait for one instance to be available: ready without a break for a while. Ends early when waiting is useless. Woken by
 * the engine's events; the only time it looks by itself is when the while is over.
 */
final class AvailabilityWait {

    /** Software that has ended that often does not come up by being started once more. */
    private static final int MOST_RESTARTS = 3;

    /** What answers that soon may have been ready for long. */
    private static final Duration AT_ONCE = Duration.ofMillis(250);

    private static final int LAST_LINES = 20;

    private final EngineSession session;
    private final Supervisor supervisor;
    private final DrivenEnvironment environment;
    private final ReadyTimes times;
    private final Duration minReady;
    private final Duration timeout;
    private final Deadline deadline;

    AvailabilityWait(
            EngineSession session,
            Supervisor supervisor,
            DrivenEnvironment environment,
            ReadyTimes times,
            Duration minReady,
            Duration timeout,
            Deadline deadline) {
        this.session = session;
        this.supervisor = supervisor;
        this.environment = environment;
        this.times = times;
        this.minReady = minReady;
        this.timeout = timeout;
        this.deadline = deadline;
    }

    /** Waits; gives back how it was at the end. */
    EnvironmentStatus await() {
        session.feed.open();
        while (true) {
            EnvironmentStatus ready = awaitReady();
            EnvironmentStatus available = awaitStable(ready);
            if (available != null) {
                return available;
            }
        }
    }

    private EnvironmentStatus awaitReady() {
        Instant before = session.clock.instant();
        try {
            environment.awaitReady(deadline, timeout, this::failIfHopeless);
        } catch (StartFailedException ended) {
            if (environment.status().state() == EnvironmentState.REMOVED) {
                throw gone(ended);
            }
            Integer exit =
                    ended.exitCode().isPresent() ? (Integer) ended.exitCode().getAsInt() : null;
            NotReadyException failure = new NotReadyException(
                    String.valueOf(ended.getMessage()), exit, ended.lastProbe().orElse(null), ended.lastLogLines());
            failure.addSuppressed(ended);
            throw failure;
        }
        EnvironmentStatus status = look();
        if (status.state() == EnvironmentState.RUNNING) {
            boolean wasWaitedFor =
                    Duration.between(before, session.clock.instant()).compareTo(AT_ONCE) > 0;
            times.proved(status, wasWaitedFor);
        }
        return status;
    }

    /** Waits until it has been ready for long enough; null if it was not all the time, so that all begins anew. */
    private @Nullable EnvironmentStatus awaitStable(EnvironmentStatus ready) {
        UnitSignal signal = session.feed.signal(ready.id());
        EnvironmentStatus status = ready;
        while (true) {
            Instant since = times.readySince(status);
            if (since == null || !Objects.equals(status.started(), ready.started())) {
                return null;
            }
            Duration left = Duration.between(session.clock.instant(), since.plus(minReady));
            if (left.isZero() || left.isNegative()) {
                return status;
            }
            if (deadline.isExpired()) {
                throw new NotReadyException(
                        "'" + environment.name() + "' (" + session.engine() + ") was ready, and not for "
                                + minReady.toMillis() + " ms without a break, when " + timeout.toMillis()
                                + " ms were over" + quoted(lines()),
                        null,
                        lines());
            }
            long seen = signal.version();
            status = look();
            if (times.readySince(status) != null) {
                signal.await(
                        seen,
                        Math.min(Math.max(1, left.toNanos()), deadline.remainingNanos()),
                        "waiting for '" + environment.name() + "' to be available");
                status = look();
            }
        }
    }

    private EnvironmentStatus look() {
        session.ensureOpen();
        EnvironmentStatus status = environment.status();
        if (status.state() == EnvironmentState.REMOVED) {
            throw gone(null);
        }
        failIfHopeless(status);
        return status;
    }

    private void failIfHopeless(EnvironmentStatus status) {
        if (status.state() == EnvironmentState.EXITED) {
            throw hopeless(status, "ended, and nobody starts it again");
        }
        int restarts = times.restarts(status);
        if (restarts >= MOST_RESTARTS) {
            throw hopeless(status, "has ended and been started again " + restarts + " times");
        }
        if (status.health() == HealthStatus.UNHEALTHY) {
            throw hopeless(status, "is unhealthy");
        }
    }

    private NotReadyException hopeless(EnvironmentStatus status, String how) {
        List<String> lines = lines();
        UnitEvent death = session.feed.signal(status.id()).latestDeath();
        Integer exit = status.state() == EnvironmentState.EXITED || status.state() == EnvironmentState.RESTARTING
                ? status.exit()
                : null;
        if (exit == null && death != null) {
            exit = death.exitCode();
        }
        Optional<String> answer = lastAnswer(status.id());
        return new NotReadyException(
                "'" + environment.name() + "' (" + session.engine() + ") " + how
                        + (exit == null ? "" : "; its last exit code is " + exit)
                        + (status.outOfMemory() ? ", because it exceeded its memory limit" : "")
                        + answer.map(text -> "; the last answer of its health check: " + text)
                                .orElse("")
                        + quoted(lines),
                exit,
                answer.orElse(null),
                lines);
    }

    private Optional<String> lastAnswer(String id) {
        return Optional.of(supervisor
                        .lastAnswer(id)
                        .orElseGet(() -> session.feed.signal(id).lastAnswer()))
                .filter(text -> !text.isEmpty());
    }

    private List<String> lines() {
        return environment.lastLines(environment.id(), LAST_LINES);
    }

    private NotFoundException gone(@Nullable Exception cause) {
        return new NotFoundException(
                "there is no instance '" + environment.name() + "' on the " + session.engine()
                        + " engine any more: it was removed while it was waited for",
                cause);
    }

    static String quoted(List<String> lines) {
        return lines.isEmpty()
                ? "; it wrote nothing"
                : "; the last lines it wrote:\n  | " + String.join("\n  | ", lines);
    }
}
