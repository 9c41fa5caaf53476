package io.cofferdam.event;

import java.util.Objects;

/** How a subscription queues its events. Immutable; each {@code with} method makes a changed copy. */
public final class SubscriptionOptions {

    private static final SubscriptionOptions DEFAULTS = new SubscriptionOptions("", 8192, Overflow.dropOldest());

    private final String name;
    private final int capacity;
    private final Overflow overflow;

    private SubscriptionOptions(String name, int capacity, Overflow overflow) {
        this.name = name;
        this.capacity = capacity;
        this.overflow = overflow;
    }

    /**
     * What holds unless told otherwise: room for 8192 events, and then the oldest is dropped.
     *
     * @return the defaults
     */
    public static SubscriptionOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Names the subscriber in its thread, in log lines and in failures.
     *
     * @param name the name; empty for one made of the type of the events
     * @return a changed copy
     */
    public SubscriptionOptions withName(String name) {
        return new SubscriptionOptions(Objects.requireNonNull(name, "name"), capacity, overflow);
    }

    /**
     * Sets how many events may wait. A few more, at most the capacity again and at most 256, may be with the delivering
     * thread already. Memory is taken as events queue up and not beforehand.
     *
     * @param capacity the number of events, at least 1
     * @return a changed copy
     */
    public SubscriptionOptions withCapacity(int capacity) {
        if (capacity < 1) {
            throw new IllegalArgumentException("the capacity of a queue must be at least 1, not " + capacity);
        }
        return new SubscriptionOptions(name, capacity, overflow);
    }

    /**
     * Sets what happens when the queue is full.
     *
     * @param overflow the policy
     * @return a changed copy
     */
    public SubscriptionOptions withOverflow(Overflow overflow) {
        return new SubscriptionOptions(name, capacity, Objects.requireNonNull(overflow, "overflow"));
    }

    String name() {
        return name;
    }

    int capacity() {
        return capacity;
    }

    Overflow overflow() {
        return overflow;
    }

    /** Lists the settings. */
    @Override
    public String toString() {
        return "capacity " + capacity + ", " + overflow + (name.isEmpty() ? "" : ", named '" + name + "'");
    }
}
