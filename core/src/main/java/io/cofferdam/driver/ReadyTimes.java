package io.cofferdam.driver;

import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Readiness;
import io.cofferdam.format.SpecJson;
import io.cofferdam.workload.Condition;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Since when instances have been ready, by what was heard of them: engines tell since when something runs, and not since when
 * it is healthy. What was not followed from its start on is taken to have been ready since then.
 */
final class ReadyTimes {

    private final Clock clock;
    private final Map<String, Times> all = new ConcurrentHashMap<>();

    /** Whether units have to be asked more than their engine says, by their specification. */
    private final Map<String, Boolean> asked = new ConcurrentHashMap<>();

    /** What is known of one run of a unit; guarded by itself. */
    private static final class Times {

        /** When the run began, by the engine; null while only its beginning was heard of. */
        @Nullable
        Instant started;

        /** Since when it has been healthy, or proved ready. */
        @Nullable
        Instant ready;

        /** Whether it was followed from its start on, so that nothing of it was missed. */
        boolean isFollowed;

        /** Whether its condition of readiness held once in this run. */
        boolean isProved;

        /** How often it had been restarted when it was started here. */
        int restartsBefore;
    }

    ReadyTimes(Clock clock) {
        this.clock = clock;
    }

    /** It is about to be started here. */
    void starting(String id, int restarts) {
        Times times = new Times();
        times.isFollowed = true;
        times.restartsBefore = restarts;
        all.put(id, times);
    }

    /**
     * Its condition of readiness holds.
     *
     * @param isNew whether that is so since a moment ago, for certain
     */
    void proved(EnvironmentStatus status, boolean isNew) {
        Times times = of(status);
        synchronized (times) {
            times.isProved = true;
            if (times.ready == null) {
                times.ready = isNew || times.isFollowed ? clock.instant() : status.started();
            }
        }
    }

    /** How often it was restarted by its policy since it was started. */
    int restarts(EnvironmentStatus status) {
        Times times = of(status);
        synchronized (times) {
            return Math.max(0, status.restarts() - times.restartsBefore);
        }
    }

    void heard(EnvironmentEvent event) {
        if (event instanceof EnvironmentEvent.Removed) {
            forget(event.id());
        } else if (event instanceof EnvironmentEvent.Started) {
            // Of one that is known already, its status tells which run is which.
            all.computeIfAbsent(event.id(), id -> {
                Times times = new Times();
                times.isFollowed = true;
                return times;
            });
        } else if (event instanceof EnvironmentEvent.HealthChanged changed) {
            Times times = all.computeIfAbsent(event.id(), id -> new Times());
            synchronized (times) {
                if (times.started != null && event.at().isBefore(times.started)) {
                    return;
                }
                if (changed.health() != HealthStatus.HEALTHY) {
                    times.ready = null;
                } else if (times.ready == null || event.at().isBefore(times.ready)) {
                    times.ready = event.at();
                }
            }
        }
    }

    void forget(String id) {
        all.remove(id);
        asked.remove(id);
    }

    /**
     * How an instance is.
     *
     * @param minReady how long it has to be ready to be available
     */
    Condition condition(EnvironmentStatus status, Duration minReady) {
        boolean isOneOff = InstanceLabels.isOneOff(status);
        if (status.state() == EnvironmentState.EXITED
                && isOneOff
                && status.exitCode().orElse(1) == 0) {
            return Condition.SUCCEEDED;
        }
        if (status.state() != EnvironmentState.RUNNING || status.health() == HealthStatus.UNHEALTHY) {
            return Condition.UNAVAILABLE;
        }
        Instant since = isOneOff ? null : readySince(status);
        return since != null && !since.plus(minReady).isAfter(clock.instant())
                ? Condition.AVAILABLE
                : Condition.STARTING;
    }

    /** Since when it has been ready without a break; null if it is not. */
    @Nullable
    Instant readySince(EnvironmentStatus status) {
        if (status.state() != EnvironmentState.RUNNING
                || status.health() == HealthStatus.STARTING
                || status.health() == HealthStatus.UNHEALTHY) {
            return null;
        }
        Times times = of(status);
        synchronized (times) {
            if (isAsked(status) && !times.isProved) {
                return null;
            }
            if (times.ready == null) {
                boolean isSinceStart = status.health() == HealthStatus.NONE || !times.isFollowed;
                times.ready = isSinceStart ? status.started() : clock.instant();
            }
            return times.ready;
        }
    }

    /** Whether it runs, and nobody has asked yet whether what its specification waits for is so. */
    boolean isUnproved(EnvironmentStatus status) {
        if (status.state() != EnvironmentState.RUNNING || InstanceLabels.isOneOff(status) || !isAsked(status)) {
            return false;
        }
        Times times = of(status);
        synchronized (times) {
            return !times.isProved;
        }
    }

    /** Whether it was followed from its start on. */
    boolean isFollowed(EnvironmentStatus status) {
        Times times = of(status);
        synchronized (times) {
            return times.isFollowed;
        }
    }

    private Times of(EnvironmentStatus status) {
        Times times = all.computeIfAbsent(status.id(), id -> new Times());
        synchronized (times) {
            if (times.started == null) {
                times.started = status.started();
            } else if (!Objects.equals(times.started, status.started())) {
                // Another run, which began after it was looked at.
                times.started = status.started();
                times.ready = null;
                times.isProved = false;
                times.isFollowed = true;
            }
        }
        return times;
    }

    /** Whether it takes more than a look at the engine to tell that it is ready. */
    private boolean isAsked(EnvironmentStatus status) {
        return asked.computeIfAbsent(status.id(), id -> isAsked(status.labels()));
    }

    private static boolean isAsked(Map<String, String> labels) {
        String json = labels.get(Labels.SPEC);
        if (json == null) {
            return false;
        }
        EnvironmentSpec spec = SpecJson.read(json, Map.of());
        boolean byHealth = spec.readiness() instanceof Readiness.Healthy
                || (spec.readiness() instanceof Readiness.Default
                        && spec.healthCheck().isPresent());
        return !byHealth && !ReadinessWait.isTrivial(spec);
    }
}
