package io.cofferdam.pool;

import io.cofferdam.api.Experimental;

/**
 * How a pool is at one moment, and what it has done since it was opened.
 *
 * @param ready environments that wait to be claimed
 * @param leased environments that somebody has
 * @param creating environments that are being made and started
 * @param leaving environments that are being reset or removed
 * @param waiting callers that wait for an environment
 * @param created how many were made
 * @param claims how many leases were given
 * @param discarded how many were removed, for whatever reason
 * @param failures how many could not be made or made ready
 */
@Experimental
public record PoolMetrics(
        int ready,
        int leased,
        int creating,
        int leaving,
        int waiting,
        long created,
        long claims,
        long discarded,
        long failures) {

    /**
     * All environments the pool has or is making: never more than {@link PoolOptions#maximum()}.
     *
     * @return 0 or more
     */
    public int total() {
        return ready + leased + creating + leaving;
    }
}
