package io.cofferdam.concurrent;

import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How often, after which pauses, and after which failures something is tried again.
 *
 * <p>The pause before attempt <i>n</i> + 1 is {@code initialDelay × multiplier}<sup><i>n</i> − 1</sup>, at most
 * {@code maxDelay}, and then shortened by a random share of up to {@code jitter}, so that many callers that failed
 * together do not come back together. Immutable and safe for use by many threads.
 *
 * <p>Only what the caller has called transient is tried again; by default nothing is. Interrupts and
 * {@linkplain Error errors} never are.
 */
public final class Retry {

    /** Enough to see a pattern; a call that was retried for an hour must not carry its whole history. */
    private static final int SUPPRESSED = 8;

    private final int maxAttempts;
    private final Duration initialDelay;
    private final Duration maxDelay;
    private final double multiplier;
    private final double jitter;
    private final Predicate<? super Exception> transientFailure;
    private final DoubleSupplier random;
    private final Sleeper sleeper;

    private Retry(Builder builder) {
        this.maxAttempts = builder.maxAttempts;
        this.initialDelay = builder.initialDelay;
        this.maxDelay = builder.maxDelay;
        this.multiplier = builder.multiplier;
        this.jitter = builder.jitter;
        this.transientFailure = builder.transientFailure;
        this.random = builder.random;
        this.sleeper = builder.sleeper;
    }

    /**
     * A builder with the defaults: 3 attempts, pauses of 100 ms, 200 ms, … up to 5 s with a jitter of a half, no failure
     * transient.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * A policy that makes one attempt.
     *
     * @return the absence of retries
     */
    public static Retry never() {
        return builder().maxAttempts(1).build();
    }

    /**
     * A builder that starts from this policy.
     *
     * @return a new builder
     */
    public Builder toBuilder() {
        return new Builder(this);
    }

    /**
     * Calls until a call succeeds, fails with a failure that is not transient, or the attempts or the time are used up.
     * The calls are made on the calling thread; keeping a single one within the deadline is up to the call, see
     * {@link Bounded}.
     *
     * @param deadline until when to try; no pause is begun that would end after it
     * @param what the operation, as the subject of a sentence for messages: {@code "asking the engine for its version"}
     * @param call what to call
     * @param <T> the type of the result
     * @param <X> the checked exception of the call
     * @return what the first successful call returned
     * @throws X the failure of the last attempt, checked or not, with those of the attempts before (the latest eight)
     *     added as suppressed
     * @throws OperationTimeoutException if the deadline had expired before the first attempt, or leaves no time for the
     *     next; its cause is the failure of the last attempt, if there was one
     * @throws OperationInterruptedException if the thread was interrupted before, between or during attempts; the flag is
     *     set again
     */
    public <T extends @Nullable Object, X extends Exception> T call(
            Deadline deadline, String what, BlockingCall<? extends T, ? extends X> call) throws X {
        Objects.requireNonNull(call, "call");
        Deque<Exception> earlier = new ArrayDeque<>();
        deadline.check(what);
        for (int attempt = 1; ; attempt++) {
            if (Thread.currentThread().isInterrupted()) {
                throw withEarlier(new OperationInterruptedException(what + " was interrupted", null), earlier);
            }
            Exception failure;
            try {
                return call.call();
            } catch (Exception e) {
                failure = e;
            }
            if (failure instanceof InterruptedException interrupt) {
                throw withEarlier(Bounded.interrupted(what, interrupt), earlier);
            }
            if (attempt >= maxAttempts || !isTransient(failure)) {
                throw Retry.<X>asThrown(withEarlier(failure, earlier));
            }
            pause(deadline, what, attempt, failure, earlier);
            if (earlier.size() == SUPPRESSED) {
                earlier.removeFirst();
            }
            earlier.addLast(failure);
        }
    }

    private boolean isTransient(Exception failure) {
        return !(failure instanceof OperationInterruptedException) && transientFailure.test(failure);
    }

    private void pause(Deadline deadline, String what, int attempt, Exception failure, Deque<Exception> earlier) {
        Duration delay = delayAfter(attempt);
        if (delay.compareTo(deadline.remaining()) >= 0) {
            String attempts = attempt == 1 ? "1 attempt" : attempt + " attempts";
            throw withEarlier(
                    deadline.timeout(
                            what + " failed in " + attempts + " (last: " + failure.getMessage() + ") and", failure),
                    earlier);
        }
        try {
            sleeper.sleep(delay);
        } catch (InterruptedException e) {
            OperationInterruptedException interrupted = Bounded.interrupted(what, e);
            interrupted.addSuppressed(failure);
            throw withEarlier(interrupted, earlier);
        }
    }

    /** The pause after the given number of failed attempts. */
    Duration delayAfter(int attempts) {
        double longest = maxDelay.toNanos();
        double nanos = Math.min(longest, initialDelay.toNanos() * Math.pow(multiplier, attempts - 1));
        return Duration.ofNanos((long) (nanos * (1 - jitter * random.getAsDouble())));
    }

    private static <E extends Exception> E withEarlier(E failure, Deque<Exception> earlier) {
        for (Exception each : earlier) {
            // A call may throw the same object twice, and an exception cannot suppress itself.
            if (each != failure && each != failure.getCause()) {
                failure.addSuppressed(each);
            }
        }
        return failure;
    }

    /** A call throws X or something unchecked, so whatever it threw may be thrown where X is declared. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <X extends Exception> X asThrown(Exception failure) throws X {
        throw (X) failure;
    }

    /** Says what the policy is, for logs. */
    @Override
    public String toString() {
        return maxAttempts + " attempts, pauses from " + Deadline.inWords(initialDelay) + " to "
                + Deadline.inWords(maxDelay);
    }

    /** Collects a policy. Each method replaces what was set before. Not safe for use by several threads. */
    public static final class Builder {

        private int maxAttempts = 3;
        private Duration initialDelay = Duration.ofMillis(100);
        private Duration maxDelay = Duration.ofSeconds(5);
        private double multiplier = 2;
        private double jitter = 0.5;
        private Predicate<? super Exception> transientFailure = failure -> false;
        private DoubleSupplier random = () -> ThreadLocalRandom.current().nextDouble();
        private Sleeper sleeper = Sleeper.system();

        private Builder() {}

        private Builder(Retry retry) {
            this.maxAttempts = retry.maxAttempts;
            this.initialDelay = retry.initialDelay;
            this.maxDelay = retry.maxDelay;
            this.multiplier = retry.multiplier;
            this.jitter = retry.jitter;
            this.transientFailure = retry.transientFailure;
            this.random = retry.random;
            this.sleeper = retry.sleeper;
        }

        /**
         * Sets how often to try at most.
         *
         * @param attempts the first one included, at least 1
         * @return this builder
         */
        public Builder maxAttempts(int attempts) {
            require(attempts >= 1, "max attempts must be at least 1, not " + attempts);
            this.maxAttempts = attempts;
            return this;
        }

        /**
         * Sets the pauses.
         *
         * @param initial the pause after the first failure, not negative
         * @param max the longest pause, not shorter than the first, at most 24 hours
         * @return this builder
         */
        public Builder delay(Duration initial, Duration max) {
            require(!initial.isNegative(), "the initial delay must not be negative, but is " + initial);
            require(max.compareTo(initial) >= 0, "the max delay " + max + " is shorter than the initial " + initial);
            require(max.compareTo(Duration.ofHours(24)) <= 0, "the max delay must be at most 24 hours, not " + max);
            this.initialDelay = initial;
            this.maxDelay = max;
            return this;
        }

        /**
         * Sets how fast the pauses grow.
         *
         * @param factor what each pause is multiplied by to get the next, at least 1
         * @return this builder
         */
        public Builder multiplier(double factor) {
            require(factor >= 1 && Double.isFinite(factor), "the multiplier must be at least 1, not " + factor);
            this.multiplier = factor;
            return this;
        }

        /**
         * Sets how much of a pause is left to chance.
         *
         * @param share the largest share a pause is shortened by, from 0 (none) to 1 (down to nothing)
         * @return this builder
         */
        public Builder jitter(double share) {
            require(share >= 0 && share <= 1, "the jitter must be from 0 to 1, not " + share);
            this.jitter = share;
            return this;
        }

        /**
         * Sets which failures are worth another attempt. It is asked on the thread of the call.
         *
         * @param transientFailure true for a failure that may pass by itself
         * @return this builder
         */
        public Builder retryOn(Predicate<? super Exception> transientFailure) {
            this.transientFailure = Objects.requireNonNull(transientFailure, "transientFailure");
            return this;
        }

        /**
         * Sets where the jitter comes from.
         *
         * @param random gives numbers from 0 (included) to 1 (excluded); safe for use by many threads
         * @return this builder
         */
        public Builder random(DoubleSupplier random) {
            this.random = Objects.requireNonNull(random, "random");
            return this;
        }

        /**
         * Sets what makes the pauses.
         *
         * @param sleeper safe for use by many threads
         * @return this builder
         */
        public Builder sleeper(Sleeper sleeper) {
            this.sleeper = Objects.requireNonNull(sleeper, "sleeper");
            return this;
        }

        /**
         * Makes the policy.
         *
         * @return the policy; the builder can be used on
         */
        public Retry build() {
            return new Retry(this);
        }

        private static void require(boolean condition, String message) {
            if (!condition) {
                throw new IllegalArgumentException(message);
            }
        }
    }
}
