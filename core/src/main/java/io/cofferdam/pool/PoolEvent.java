package io.cofferdam.pool;

import io.cofferdam.api.Experimental;
import io.cofferdam.event.Event;
import java.time.Duration;
import java.time.Instant;

/** Something that happened in a pool, published on the bus of its orchestrator. */
@Experimental
public sealed interface PoolEvent extends Event {

    /**
     * The pool's name.
     *
     * @return its name
     */
    String pool();

    /**
     * Somebody was given a lease.
     *
     * @param at when
     * @param pool the pool's name
     * @param environment the environment's name
     */
    record Claimed(Instant at, String pool, String environment) implements PoolEvent {}

    /**
     * An environment is not used any more and is about to be removed.
     *
     * @param at when
     * @param pool the pool's name
     * @param environment the environment's name
     * @param reason why, as a clause
     */
    record Discarded(Instant at, String pool, String environment, String reason) implements PoolEvent {}

    /**
     * An environment could not be made. The pool tries again.
     *
     * @param at when
     * @param pool the pool's name
     * @param attempt how many failed in a row, from 1
     * @param reason why
     * @param retryIn how long until the next attempt at the most
     */
    record RefillFailed(Instant at, String pool, int attempt, String reason, Duration retryIn) implements PoolEvent {}
}
