package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.TerminalSize;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call to a driver that goes on while somebody talks to a process: on a thread of its own, until either side ends it. */
final class Conversation<T> implements AutoCloseable {

    private final String what;
    private final CompletableFuture<StreamControl.Terminal> connected = new CompletableFuture<>();
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread;

    @Nullable
    private final StdinPipe pipe;

    /** A call to a driver. */
    @FunctionalInterface
    interface Call<T> {
        T with(StreamControl control);
    }

    /**
     * Begins.
     *
     * @param pipe what is written to by the caller, if its input comes from there
     */
    Conversation(EngineSession session, String what, @Nullable StdinPipe pipe, Call<T> call) {
        this.what = what;
        this.pipe = pipe;
        this.thread = session.threads.start(what, () -> {
            try {
                result.complete(call.with(connected::complete));
            } catch (Throwable thrown) {
                // Errors included: whoever awaits the end has to learn of them, and nobody else is there to.
                result.completeExceptionally(thrown);
                connected.completeExceptionally(thrown);
            } finally {
                if (pipe != null) {
                    pipe.breakOff();
                }
                over.countDown();
            }
        });
    }

    /** Waits until it stands; ends it if that does not come to pass. */
    void awaitConnected(Deadline deadline) {
        try {
            Bounded.await(CompletableFuture.anyOf(connected, result), deadline, what);
        } catch (ExecutionException failed) {
            throw failure(failed);
        } catch (RuntimeException givenUp) {
            close();
            throw givenUp;
        }
    }

    OutputStream stdin() {
        if (pipe == null) {
            throw new IllegalStateException(
                    what + " was begun without input, or with input that comes from somewhere else");
        }
        return pipe.output;
    }

    void resize(TerminalSize size) {
        if (over.getCount() == 0) {
            throw new io.cofferdam.error.WrongStateException(
                    "could not change the size of a terminal: " + what + " is over");
        }
        connected.join().resize(size);
    }

    T await(Duration timeout) {
        try {
            return Bounded.await(result, Deadline.in(timeout), what);
        } catch (ExecutionException failed) {
            throw failure(failed);
        }
    }

    /** Waits for the end: whether it has come. */
    boolean awaitEnd(Duration timeout) {
        try {
            if (!over.await(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
                return false;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("waiting for the end of " + what + " was interrupted", e);
        }
        await(Duration.ZERO);
        return true;
    }

    private CofferdamException failure(ExecutionException failed) {
        return failed.getCause() instanceof CofferdamException known
                ? known
                : new CofferdamException(what + " failed: " + failed.getCause(), failed.getCause());
    }

    @Override
    public void close() {
        if (pipe != null) {
            pipe.breakOff();
        }
        thread.interrupt();
        if (Thread.currentThread() == thread) {
            return;
        }
        boolean interrupted = false;
        while (over.getCount() > 0) {
            try {
                over.await();
            } catch (InterruptedException e) {
                // The promise that no sink is called after the return is kept first.
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
