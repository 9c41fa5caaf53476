package io.cofferdam.concurrent;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call in flight: either it finishes first, or its caller abandons it first, and never both. */
final class PendingCall<T extends @Nullable Object> implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(PendingCall.class);

    private enum State {
        RUNNING,
        FINISHED,
        ABANDONED
    }

    private final BlockingCall<? extends T, ?> call;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);
    private final CountDownLatch finished = new CountDownLatch(1);
    // Both written before the state changes and read after it.
    private @Nullable T value;
    private @Nullable Throwable failure;

    PendingCall(BlockingCall<? extends T, ?> call) {
        this.call = call;
    }

    @Override
    public void run() {
        try {
            value = call.call();
        } catch (Throwable e) {
            failure = e;
        }
        if (state.compareAndSet(State.RUNNING, State.FINISHED)) {
            finished.countDown();
        } else {
            disposeOfLateResult();
        }
    }

    private void disposeOfLateResult() {
        if (value instanceof AutoCloseable resource) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("could not close a result that came after its caller had given up", e);
            }
        } else if (failure != null) {
            LOG.debug("an abandoned call failed", failure);
        }
    }

    /** Waits until the call has finished: false if the deadline passed first. */
    boolean await(Deadline deadline) throws InterruptedException {
        return finished.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    }

    /** Gives the call up: false if it has finished already, and then there is a result. */
    boolean abandon() {
        return state.compareAndSet(State.RUNNING, State.ABANDONED);
    }

    /** The result of a finished call, or its failure: X, unchecked, or an error, for nothing else can have been thrown. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "NullAway"})
    <X extends Exception> T result() throws X {
        if (failure instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure != null) {
            throw (X) failure;
        }
        return value;
    }
}
