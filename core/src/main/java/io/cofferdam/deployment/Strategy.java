package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.Problem;
import java.util.List;

/**
 * A way to get from what is to what should be: a pure planner. The engine carries the plan out, keeps a journal of it, and
 * asks for another plan from what it observes after a failure, a crash or a cancel. A strategy therefore does no I/O, reads
 * no clock, draws no random number, and never asks which engine it is on.
 *
 * <p>What is asked of every strategy, and what the engine relies on:
 * <ul>
 *   <li>The same situation always gives the same plan.
 *   <li>Done in any order that respects what its steps wait for, the plan ends with exactly the target's instances.
 *   <li>From whatever situation there is after some of the steps, the next plan leads there as well.
 *   <li>Services that are as they should be have no step.
 * </ul>
 */
@Experimental
public interface Strategy {

    /**
     * Its name in records and on the command line.
     *
     * @return for example {@code rolling}
     */
    String name();

    /**
     * Looks for what makes this strategy impossible in a situation.
     *
     * @param situation what is, and what should be
     * @return the problems; empty when it fits
     */
    default List<Problem> check(Situation situation) {
        return List.of();
    }

    /**
     * Plans.
     *
     * @param situation what is, and what should be
     * @return the steps from the one to the other; none if everything is as it should be
     */
    Plan plan(Situation situation);

    /**
     * Whether new instances that run beside old ones are to find each other, and not the old ones, under the names of services:
     * where the engine can, they then have networks of their own until the old ones are gone.
     *
     * @return false unless a strategy says otherwise
     */
    default boolean wantsOwnNames() {
        return false;
    }
}
