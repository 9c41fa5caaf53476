package io.cofferdam.environment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** How long an environment lives when nobody removes it. */
public sealed interface Lifetime {

    /**
     * Removed when the orchestrator that made it is closed, and within seconds when its JVM ends in any other way: a process
     * beside it sees to that. If that process is killed too, the next orchestrator that opens the engine removes what is left.
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
     * Removed a while after it was created: by the orchestrator that made it while that is open, by a process that it leaves
     * behind when it is closed or its JVM has ended, and else by whichever orchestrator opens the engine next.
     *
     * @param duration more than 0
     * @return the lifetime
     * @throws InvalidInputException if the duration is not positive
     */
    static Lifetime ttl(Duration duration) {
        return new Ttl(duration);
    }

    /**
     * Removed together with another environment of the same engine, its parent, whoever removes that: any orchestrator of this
     * library, the watcher of the parent's session, or the sweep when the engine is opened the next time. An update of the parent
     * is no removal. The parent is known by its name.
     *
     * @param parent an environment that exists when the child is created
     * @return the lifetime
     */
    static Lifetime childOf(IsolatedEnvironment parent) {
        return new Child(parent.name());
    }

    /**
     * Removed together with an environment.
     *
     * @param parent the name of that environment
     */
    record Child(String parent) implements Lifetime {
        /**
         * Checks the name.
         *
         * @param parent not blank
         * @throws InvalidInputException if it is blank
         */
        public Child {
            Objects.requireNonNull(parent, "parent");
            if (parent.isBlank()) {
                throw new InvalidInputException(
                        "lifetime", List.of(Problem.at("lifetime.parent", "there is no name of an environment")));
            }
        }

        @Override
        public String toString() {
            return "child of " + parent;
        }
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
