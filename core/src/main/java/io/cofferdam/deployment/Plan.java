package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Steps and what each has to wait for: a directed acyclic graph.
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
}
