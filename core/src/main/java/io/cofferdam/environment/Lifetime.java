package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** How long an environment lives when nobody removes it. */
public sealed interface Lifetime {

    /**
     * Removed when the orchestrator that made it is closed.
     *
     * @return the lifetime
     */
    static Lifetime session() {
        return Session.INSTANCE;
    }

    /**
     * Kept until somebody removes it, across restarts of the JVM.
     *
     * @return the lifetime
     */
    static Lifetime persistent() {
        return Persistent.INSTANCE;
    }

    /**
     * Removed a while after it was created, by whichever orchestrator on this engine is open then or opens next.
     *
     * @param duration more than 0
     * @return the lifetime
     * @throws InvalidInputException if the duration is not positive
     */
    static Lifetime ttl(Duration duration) {
        return new Ttl(duration);
    }

    /** Until the orchestrator is closed. */
    enum Session implements Lifetime {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "session";
        }
    }

    /** Until it is removed. */
    enum Persistent implements Lifetime {
        /** The only one. */
        INSTANCE;

        @Override
        public String toString() {
            return "persistent";
        }
    }

    /**
     * For a while.
     *
     * @param duration more than 0
     */
    record Ttl(Duration duration) implements Lifetime {
        /**
         * Checks the range.
         *
         * @param duration more than 0
         * @throws InvalidInputException if the duration is not positive
         */
        public Ttl {
            Objects.requireNonNull(duration, "duration");
            if (duration.isZero() || duration.isNegative()) {
                throw new InvalidInputException(
                        "lifetime", List.of(Problem.at("lifetime.ttl", duration + " is not more than 0")));
            }
        }

        @Override
        public String toString() {
            return "ttl " + duration;
        }
    }
}
