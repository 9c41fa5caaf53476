package io.cofferdam.event;

import io.cofferdam.concurrent.Deadline;

/**
 * One subscriber's place at an {@link EventBus}: its queue, its thread, and the account of its events. At rest
 * {@code received() == delivered() + dropped() + pending()} holds exactly; while events flow the numbers are read one
 * after the other. Safe for use by many threads; only the two {@code close} methods wait.
 */
public interface Subscription extends AutoCloseable {

    /**
     * How many events of its type were published while it was open.
     *
     * @return a number that never falls
     */
    long received();

    /**
     * How many events its thread has finished with: the subscriber was called and returned or threw, or the filter
     * rejected the event.
     *
     * @return a number that never falls
     */
    long delivered();

    /**
     * How many events were lost: by overflow, by {@link #closeNow()}, or because a close ran out of time.
     *
     * @return a number that never falls
     */
    long dropped();

    /**
     * How many of the delivered events the subscriber or its filter threw something at. Each counts as delivered and is
     * not delivered again.
     *
     * @return a number that never falls
     */
    long failed();

    /**
     * How many events wait, the one being delivered included.
     *
     * @return zero once everything received has been delivered or dropped
     */
    int pending();

    /** Ends the subscription: like {@link #close(Deadline)} with five seconds. */
    @Override
    void close();

    /**
     * Accepts no further event from the beginning of this call on, and returns when everything accepted before has been
     * delivered and the subscriber's thread has ended. Closing again waits again.
     *
     * <p>Called by a subscriber of the same bus, from inside its callback, it does not wait: what was accepted is
     * delivered after it has returned. Do not call it while holding a lock that the subscriber wants.
     *
     * @param deadline until when to wait; what has not been delivered by then is dropped and counted, and the subscriber
     *     is interrupted
     * @throws io.cofferdam.error.OperationTimeoutException if the deadline passed, with the number of events dropped
     * @throws io.cofferdam.error.OperationInterruptedException if the caller was interrupted; the flag is set again, and
     *     the delivery goes on in the background
     */
    void close(Deadline deadline);

    /**
     * Ends the subscription without delivering what waits; that is dropped and counted. A call of the subscriber that is
     * under way is left to finish. Does not wait, and does nothing the second time.
     */
    void closeNow();
}
