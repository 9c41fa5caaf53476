package io.cofferdam.event;

import io.cofferdam.concurrent.Deadline;
import java.time.Duration;
import java.util.Objects;

/**
 * What happens to an event for which a subscriber's queue has no room. Either way the loss is counted by
 * {@link Subscription#dropped()} and logged, and no other subscriber notices. Immutable.
 */
public final class Overflow {

    private static final Overflow DROP_OLDEST = new Overflow(Duration.ZERO);

    private final Duration patience;

    private Overflow(Duration patience) {
        this.patience = patience;
    }

    /**
     * The event that has waited longest makes room for the new one, and publishers never wait.
     *
     * @return the policy a subscription has unless told otherwise
     */
    public static Overflow dropOldest() {
        return DROP_OLDEST;
    }

    /**
     * The publisher waits for room; if there is none in time, the new event is dropped for this subscriber. While one
     * subscriber makes a publisher wait, all the others have got the event already.
     *
     * <p>A publisher does not wait, and the new event is dropped at once, if it is interrupted, if the subscription or the
     * bus closes, or if it is itself the thread that would have to make the room.
     *
     * @param patience how long a publisher waits for one event, more than zero
     * @return the policy
     */
    public static Overflow block(Duration patience) {
        Objects.requireNonNull(patience, "patience");
        if (patience.isZero() || patience.isNegative()) {
            throw new IllegalArgumentException("a publisher must wait for more than no time, not for " + patience);
        }
        return new Overflow(patience);
    }

    boolean blocks() {
        return this != DROP_OLDEST;
    }

    Deadline deadline() {
        return Deadline.in(patience);
    }

    /** Names the policy. */
    @Override
    public String toString() {
        return blocks() ? "block for " + patience : "drop oldest";
    }
}
