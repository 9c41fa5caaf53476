package io.cofferdam.deployment;

import io.cofferdam.error.OperationInterruptedException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Brings steps that are under way to a stop: nothing new begins, what waits is woken, and what changes something is finished.
 * The first reason counts. Thread-safe.
 */
final class Halt {

    /** Why nothing more is begun. */
    enum Reason {
        /** A step failed. */
        FAILURE,
        /** The deployment was called off. */
        CANCEL,
        /** Somebody paused it. */
        PAUSE,
        /** A newer deployment takes its place. */
        SUPERSEDE,
        /** The engine is being closed. */
        CLOSE,
        /** Another controller has the project now. */
        LOST
    }

    /** Thrown where something waited. */
    static final class Halted extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final Reason reason;

        Halted(Reason reason) {
            super("halted: " + reason, null, false, false);
            this.reason = reason;
        }
    }

    private final ReentrantLock lock = new ReentrantLock();

    /** Threads that wait; guarded by the lock. */
    private final Set<Thread> waiting = new HashSet<>();

    @Nullable
    private volatile Reason reason;

    void raise(Reason why) {
        lock.lock();
        try {
            if (reason == null || strength(why) > strength(reason)) {
                reason = why;
            }
            waiting.forEach(Thread::interrupt);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What must not be forgotten over what came before it: nobody says a second time that an engine is being closed or has lost
     * the project, while the rest is in the store and is found there again.
     */
    private static int strength(Reason why) {
        return switch (why) {
            case PAUSE -> 0;
            case FAILURE -> 0;
            case CANCEL -> 1;
            case SUPERSEDE -> 2;
            case CLOSE -> 3;
            case LOST -> 4;
        };
    }

    @Nullable
    Reason reason() {
        return reason;
    }

    boolean isRaised() {
        return reason != null;
    }

    /** Throws if something is to be brought to a stop. */
    void check() {
        Reason why = reason;
        if (why != null) {
            throw new Halted(why);
        }
    }

    /** Runs something that only waits, and may be cut off at any time. */
    <T extends @Nullable Object> T waiting(Callable<T> wait) throws Exception {
        Thread self = Thread.currentThread();
        lock.lock();
        try {
            check();
            waiting.add(self);
        } finally {
            lock.unlock();
        }
        boolean cutOff = false;
        try {
            return wait.call();
        } catch (OperationInterruptedException | InterruptedException e) {
            cutOff = isRaised();
            if (!cutOff) {
                throw e;
            }
        } finally {
            leave(self, cutOff);
        }
        check();
        throw new IllegalStateException("a halt was taken back");
    }

    private void leave(Thread self, boolean cutOff) {
        lock.lock();
        try {
            waiting.remove(self);
            if (cutOff || isRaised()) {
                // The interrupt was ours, and has done its work.
                Thread.interrupted();
            }
        } finally {
            lock.unlock();
        }
    }
}
