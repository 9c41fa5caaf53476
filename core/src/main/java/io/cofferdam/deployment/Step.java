package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.workload.Revision;

/** One small thing to do, or to wait for: plain data, and harmless when done twice. */
@Experimental
public sealed interface Step {

    /**
     * Tells it from the other steps of its plan.
     *
     * @return its identifier
     */
    String id();

    /**
     * Starts instances of a revision.
     *
     * @param id its identifier
     * @param revision which revision
     * @param count how many, at least 1
     */
    record StartInstances(String id, Revision revision, int count) implements Step {}

    /**
     * Waits until instances of a revision are available.
     *
     * @param id its identifier
     * @param revision which revision
     * @param count how many, at least 1
     */
    record AwaitAvailable(String id, Revision revision, int count) implements Step {}

    /**
     * Stops instances of a revision, drained before.
     *
     * @param id its identifier
     * @param revision which revision
     * @param count how many, at least 1
     */
    record StopInstances(String id, Revision revision, int count) implements Step {}

    /**
     * Gives a revision a share of its service's traffic.
     *
     * @param id its identifier
     * @param revision which revision
     * @param percent 0 to 100
     */
    record ShiftTraffic(String id, Revision revision, int percent) implements Step {}
}
