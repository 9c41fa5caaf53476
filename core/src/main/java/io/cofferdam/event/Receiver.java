package io.cofferdam.event;

/** Where the thread of a subscription hands its events. All calls come from that one thread. */
interface Receiver {

    /** Called before the first event. */
    default void begin() {}

    /**
     * Takes one event.
     *
     * @throws RuntimeException to be logged and counted by the caller, like any other throwable
     */
    void receive(Event event);

    /** What to do about something thrown by {@link #receive}; it is logged and counted already. */
    default void failed(Throwable failure) {}

    /** Called after the last event, whichever way it came to an end. */
    default void end() {}
}
