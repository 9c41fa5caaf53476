package io.cofferdam.docker;

import io.cofferdam.engine.SubnetPool;
import io.cofferdam.error.EngineException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Chooses address ranges for one network, one after the other, until one is accepted. Not thread-safe. */
final class Subnets {

    private final SubnetPool fallback;

    @Nullable
    private SubnetPool pool;

    private int index;

    /**
     * @param pool the configured range, or null to leave the choice to the engine
     * @param fallback the range to choose from where the engine chose badly
     */
    Subnets(@Nullable SubnetPool pool, SubnetPool fallback) {
        this.pool = pool;
        this.fallback = fallback;
    }

    /** From now on the ranges come from the fallback: the engine's choice collides with a route. */
    void avoidEngineChoice() {
        pool = fallback;
    }

    /**
     * The next range to try.
     *
     * @param used asked for what is in use now
     * @return empty to let the engine choose
     * @throws EngineException if there is none left
     */
    Optional<Subnet> next(Supplier<List<Subnet>> used) {
        if (pool == null) {
            return Optional.empty();
        }
        List<Subnet> taken = used.get();
        while (index < pool.size()) {
            Subnet candidate = Subnet.parse(pool.subnet(index++)).orElseThrow();
            if (taken.stream().noneMatch(candidate::overlaps)) {
                return Optional.of(candidate);
            }
        }
        throw new EngineException("could not choose an address range for a network (docker): every subnet of the pool "
                + pool + " is in use by a network or a route of this host; remove networks, or set a larger pool");
    }
}
