package io.cofferdam.pool;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.IsolatedEnvironment;

/**
 * What happens to an environment between two leases. A lambda that puts back whatever its software changes makes a pool
 * that recycles; the default makes one that does not.
 *
 * <pre>{@code
 * PoolReset truncate = environment -> environment.exec("psql", "-c", "TRUNCATE orders").succeeded();
 * }</pre>
 */
@Experimental
@FunctionalInterface
public interface PoolReset {

    /**
     * Puts an environment back to the state in which it may be claimed by somebody else. Called once for each returned
     * lease, on a thread of the pool, while nobody has the environment; interrupted when the pool is closed. A failure is
     * taken for false.
     *
     * @param environment the environment, which the former holder had and which may be in any state
     * @return true if nothing of the former lease is left in it; false to have it discarded
     */
    boolean reset(IsolatedEnvironment environment);

    /**
     * No environment is claimed twice: a returned one is removed and replaced.
     *
     * @return the default of every pool
     */
    static PoolReset discard() {
        return Discard.INSTANCE;
    }
}

/** Nothing is put back. */
enum Discard implements PoolReset {
    INSTANCE;

    @Override
    public boolean reset(IsolatedEnvironment environment) {
        return false;
    }

    @Override
    public String toString() {
        return "discard";
    }
}
