package io.cofferdam.concurrent;

import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps blocking calls within a deadline and open to interrupts, whether or not what they call knows of either.
 */
public final class Bounded {

    private static final Logger LOG = LoggerFactory.getLogger(Bounded.class);

    private Bounded() {}

    /**
     * Makes a blocking call on a thread of its own and waits for it. The caller is free again at the deadline and at an
     * interrupt even if the call ignores both.
     *
     * <p>When the caller stops waiting, the call is abandoned: {@code abort} runs and the thread of the call is
     * interrupted. A result that arrives after that is closed if it is {@link AutoCloseable}, so that a connection opened
     * too late is not lost. A failure that arrives after that is dropped, being the consequence of the abort.
     *
     * @param threads where the call and the abort run
     * @param deadline until when to wait; if it has expired already, the call is not made
     * @param what the operation, as the subject of a sentence for messages: {@code "pulling shop/web:2"}
     * @param call the call to make
     * @param abort makes the call return, typically by closing the request underneath. Run at most once, on a thread of
     *     its own, so it may block without harm to the caller
     * @param <T> the type of the result
     * @param <X> the checked exception of the call
     * @return what the call returned
     * @throws X if the call failed; unchecked exceptions and errors of the call are passed on as they are, too
     * @throws OperationTimeoutException if the deadline passed first
     * @throws OperationInterruptedException if the caller was interrupted before or while it waited; the flag is set
     *     again. A result that is there already is returned all the same, with the flag set
     * @throws RejectedExecutionException if {@code threads} has been closed
     */
    public static <T extends @Nullable Object, X extends Exception> T call(
            Threads threads,
            Deadline deadline,
            String what,
            BlockingCall<? extends T, ? extends X> call,
            Runnable abort)
            throws X {
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException(what + " was interrupted before it began", null);
        }
        deadline.check(what);
        PendingCall<T> pending = new PendingCall<>(call);
        Thread worker = threads.start(what, pending);
        try {
            if (pending.await(deadline)) {
                return pending.<X>result();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            if (pending.abandon()) {
                abort(threads, what, abort, worker);
                throw interrupted(what, e);
            }
        }
        if (!pending.abandon()) {
            // It finished at the last moment, and a result in hand is better than a failure.
            return pending.<X>result();
        }
        abort(threads, what, abort, worker);
        throw deadline.timeout(what, null);
    }

    private static void abort(Threads threads, String what, Runnable abort, Thread worker) {
        try {
            threads.start("abort of " + what, abort);
        } catch (RejectedExecutionException e) {
            // The group was closed meanwhile. The request must be let go all the same, and only this thread is left.
            runHere(what, abort);
        } finally {
            worker.interrupt();
        }
    }

    private static void runHere(String what, Runnable abort) {
        try {
            abort.run();
        } catch (RuntimeException e) {
            LOG.warn("could not abort {}", what, e);
        }
    }

    /**
     * Waits for a future. The future is left as it is when the caller stops waiting.
     *
     * @param future what to wait for
     * @param deadline until when to wait; a future that is done already is answered even if it has expired
     * @param what the operation, as the subject of a sentence for messages
     * @param <T> the type of the result
     * @return the result of the future
     * @throws ExecutionException if the future failed, with its failure as the cause
     * @throws CancellationException if the future was cancelled
     * @throws OperationTimeoutException if the deadline passed first
     * @throws OperationInterruptedException if the caller was interrupted before or while it waited; the flag is set again
     */
    public static <T extends @Nullable Object> T await(Future<? extends T> future, Deadline deadline, String what)
            throws ExecutionException {
        try {
            return future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw deadline.timeout(what, e);
        } catch (InterruptedException e) {
            throw interrupted(what, e);
        }
    }

    /** Restores the flag and makes the failure to throw. */
    static OperationInterruptedException interrupted(String what, InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new OperationInterruptedException(what + " was interrupted", cause);
    }
}
