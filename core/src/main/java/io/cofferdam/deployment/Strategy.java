package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.error.Problem;
import java.util.List;

/**
 * A way to get from what is to what should be: a pure planner. The engine carries the plan out, keeps a journal of it, and
 * asks for another plan from what it observes after a failure, a crash or a cancel. A strategy therefore does no I/O, reads
 * no clock, draws no random number, and never asks which engine it is on.
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
     * Looks for what makes this strategy impossible.
     *
     * @param application what is to be deployed
     * @param capabilities what the engine can do
     * @return the problems; empty when it fits
     */
    List<Problem> check(Application application, Capabilities capabilities);

    /**
     * Plans.
     *
     * @param situation what is, and what should be
     * @return the steps from the one to the other; the same situation always gives the same plan
     */
    Plan plan(Situation situation);
}
