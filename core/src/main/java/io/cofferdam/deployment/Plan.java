package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Steps and what each has to wait for: a directed acyclic graph. Steps that do not wait for each other may be done at the same
 * time, in any order.
 *
 * @param steps the steps, each after all that it waits for
 * @param needs for each step's id, the ids of those that have to be done before it; a step without an entry waits for none
 */
@Experimental
public record Plan(List<Step> steps, Map<String, Set<String>> needs) {

    /**
     * Checks the order.
     *
     * @param steps the steps, each after all that it waits for
     * @param needs for each step's id, the ids of those that have to be done before it
     * @throws IllegalArgumentException if two steps have one id, or one waits for a step that does not come before it
     */
    public Plan {
        steps = List.copyOf(steps);
        needs = Map.copyOf(needs);
        Set<String> before = new HashSet<>();
        for (Step step : steps) {
            if (!before.containsAll(needs.getOrDefault(step.id(), Set.of()))) {
                throw new IllegalArgumentException("step '" + step.id() + "' waits for a step that is not before it");
            }
            if (!before.add(step.id())) {
                throw new IllegalArgumentException("two steps of a plan have the id '" + step.id() + "'");
            }
        }
    }

    /**
     * Begins a plan.
     *
     * @return a builder without steps
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Whether there is nothing to do.
     *
     * @return true without steps
     */
    public boolean isEmpty() {
        return steps.isEmpty();
    }

    /**
     * What a step waits for.
     *
     * @param step a step of this plan
     * @return the ids of those before it
     */
    public Set<String> needs(Step step) {
        return needs.getOrDefault(step.id(), Set.of());
    }

    /** Collects steps in an order in which they could be done one by one. Not thread-safe. */
    public static final class Builder {
        private final Map<String, Step> steps = new LinkedHashMap<>();
        private final Map<String, Set<String>> needs = new HashMap<>();

        private Builder() {}

        /**
         * Adds a step; does nothing if it is there already.
         *
         * @param step the step
         * @param after the ids of steps that are there already
         * @return the step's id
         */
        public String add(Step step, Collection<String> after) {
            if (steps.putIfAbsent(step.id(), step) == null && !after.isEmpty()) {
                needs.put(step.id(), Set.copyOf(after));
            }
            return step.id();
        }

        /**
         * Finishes.
         *
         * @return the plan
         */
        public Plan build() {
            return new Plan(List.copyOf(steps.values()), needs);
        }
    }
}
