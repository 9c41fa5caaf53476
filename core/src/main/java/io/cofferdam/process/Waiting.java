package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.Watch;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for something to become true of an environment. */
final class Waiting {

    /** Between two looks without a notification: what the shim cannot tell is told by nobody. */
    private static final long LOOK_MILLIS = 50;

    private static final long SOON_NANOS = 300_000;

    private final DirectoryWatch directories;

    Waiting(DirectoryWatch directories) {
        this.directories = directories;
    }

    /**
     * Waits for something that is announced by a change in the environment's directory, or not at all.
     *
     * @return false if the deadline passed first
     */
    @SuppressWarnings("try") // The watch is there to be closed.
    boolean until(UnitDirectory unit, BooleanSupplier condition, Deadline deadline, String what) {
        if (condition.getAsBoolean()) {
            return true;
        }
        Semaphore news = new Semaphore(0);
        try (Watch watch = directories.on(unit.path(), name -> news.release())) {
            while (!condition.getAsBoolean()) {
                long nanos = Math.min(deadline.remainingNanos(), TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
                if (nanos == 0) {
                    return false;
                }
                if (news.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
                    news.drainPermits();
                }
            }
            return true;
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        } catch (IOException e) {
            if (!Files.isDirectory(unit.path())) {
                return condition.getAsBoolean();
            }
            throw Failures.of(what, e);
        }
    }

    /** Waits for something that nothing announces and that takes a moment, such as the end of a killed process. */
    static void soon(BooleanSupplier condition, Deadline deadline, String what) {
        while (!condition.getAsBoolean()) {
            deadline.check(what);
            try {
                TimeUnit.NANOSECONDS.sleep(SOON_NANOS);
            } catch (InterruptedException e) {
                throw interrupted(what, e);
            }
        }
    }

    private static OperationInterruptedException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new OperationInterruptedException(what + " was interrupted", cause);
    }
}
