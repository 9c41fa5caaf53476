package io.cofferdam.driver;

import io.cofferdam.error.CofferdamException;
import org.jspecify.annotations.Nullable;

/** Tidying up after a failure, whatever state the thread is in. */
final class Cleanup {

    private Cleanup() {}

    /** Runs an action that is not disturbed by an interrupt that came before it; what it throws is the answer. */
    static @Nullable CofferdamException attempt(Runnable action) {
        boolean interrupted = Thread.interrupted();
        try {
            action.run();
            return null;
        } catch (CofferdamException failure) {
            return failure;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Runs an action after a failure. It is not disturbed by an interrupt that came before it; what it throws is added to
     * the failure, not thrown.
     */
    static void after(Throwable failure, Runnable action) {
        boolean interrupted = Thread.interrupted();
        try {
            action.run();
        } catch (CofferdamException second) {
            failure.addSuppressed(second);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
