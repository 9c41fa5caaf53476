package io.cofferdam.memory;

import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What goes wrong on the way between a driver and its engine, from a seed: single calls that fail before or after the engine did
 * what it was asked to, outages of several calls in a row, and events that come late, twice, or never.
 *
 * <p>What a case asks for by itself, on its own thread, fails only where the driver tries again by itself: a call that cannot be
 * repeated and fails is told to the caller, who knows what to do then, and a case has no reason to expect it. What the library does
 * on threads of its own has to hold against everything.
 */
final class Faults {

    /** What becomes of a call. */
    enum Fate {
        /** It is done and answered. */
        WELL,
        /** It does not reach the engine. */
        UNREACHED,
        /** It is done, and the answer is lost. */
        UNANSWERED
    }

    /** What becomes of an event. */
    enum Delivery {
        ONCE,
        TWICE,
        LATE,
        LOST
    }

    /** Beginning of the names of the threads of this library. */
    private static final String OWN_THREADS = "cofferdam-";

    /**
     * Parts of the names of those that only do for a caller what the caller asks for, several things at once: batches, and
     * closing an orchestrator, which tells what it could not remove.
     */
    private static final List<String> FOR_A_CALLER = List.of("-batch ", "-removal of ");

    private final String text;
    private final Fate fate;
    private final int distance;
    private final int length;
    private final boolean ofEvents;
    private final Random random;
    private final AtomicLong calls = new AtomicLong();

    private Faults(String text, Fate fate, int distance, int length, boolean ofEvents, long seed) {
        this.text = text;
        this.fate = fate;
        this.distance = distance;
        this.length = length;
        this.ofEvents = ofEvents;
        this.random = new Random(seed);
        this.calls.set(Math.floorMod(seed * 31, (long) Math.max(1, distance)));
    }

    static Faults none() {
        return new Faults("nothing fails", Fate.WELL, 0, 0, false, 0);
    }

    /** Every so many calls one is not reached, having done nothing. */
    static Faults unreached(int distance, long seed) {
        return new Faults("every " + distance + "th call does not arrive", Fate.UNREACHED, distance, 1, false, seed);
    }

    /** Every so many calls the answer to one is lost. */
    static Faults unanswered(int distance, long seed) {
        return new Faults("every " + distance + "th answer is lost", Fate.UNANSWERED, distance, 1, false, seed);
    }

    /** Every so many calls the engine is away for several, more than a driver tries. */
    static Faults outages(int distance, int length, long seed) {
        return new Faults(
                "every " + distance + " calls the engine is away for " + length,
                Fate.UNREACHED,
                distance,
                length,
                false,
                seed);
    }

    /** Events come late, twice, or never. */
    static Faults ofEvents(long seed) {
        return new Faults("events come late, twice or never", Fate.WELL, 0, 0, true, seed);
    }

    /**
     * What becomes of a call. Single calls that fail are well the next time, outages last.
     *
     * @param isRepeatable whether the driver tries again by itself
     * @param attempt how often the driver has tried it, from 1
     */
    Fate call(boolean isRepeatable, int attempt) {
        String thread = Thread.currentThread().getName();
        boolean isOurs = thread.startsWith(OWN_THREADS) && FOR_A_CALLER.stream().noneMatch(thread::contains);
        boolean isSpared = length > 1 ? !isOurs : attempt > 1 || (!isOurs && !isRepeatable);
        if (fate == Fate.WELL || isSpared) {
            return Fate.WELL;
        }
        return calls.incrementAndGet() % distance < length ? fate : Fate.WELL;
    }

    synchronized Delivery event() {
        if (!ofEvents) {
            return Delivery.ONCE;
        }
        return switch (random.nextInt(6)) {
            case 0 -> Delivery.TWICE;
            case 1 -> Delivery.LATE;
            case 2 -> Delivery.LOST;
            default -> Delivery.ONCE;
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
