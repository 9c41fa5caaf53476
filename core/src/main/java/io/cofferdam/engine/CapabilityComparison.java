package io.cofferdam.engine;

import java.util.Set;

/**
 * The capabilities of two engines, side by side.
 *
 * @param first the first engine's name
 * @param second the second engine's name
 * @param both what both can do
 * @param onlyFirst what only the first can do
 * @param onlySecond what only the second can do
 * @param neither what neither can do
 */
public record CapabilityComparison(
        String first,
        String second,
        Set<Capability> both,
        Set<Capability> onlyFirst,
        Set<Capability> onlySecond,
        Set<Capability> neither) {

    public CapabilityComparison {
        both = Set.copyOf(both);
        onlyFirst = Set.copyOf(onlyFirst);
        onlySecond = Set.copyOf(onlySecond);
        neither = Set.copyOf(neither);
    }

    /**
     * Whether everything that runs on the first engine can run on the second.
     *
     * @return true if the first can do nothing that the second cannot
     */
    public boolean secondCoversFirst() {
        return onlyFirst.isEmpty();
    }
}
