package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.OperationInterruptedException;
import java.io.OutputStream;
import java.time.Duration;

/** A connection to the main process of an environment. Thread-safe. */
@Experimental
public interface Attachment extends AutoCloseable {

    /**
     * The main process' input. What is written is passed on at once; a write blocks while the process does not read. Closing
     * it lets the process see the end of its input. A write fails with an {@link java.io.IOException} once the process has
     * ended, and with {@link java.io.InterruptedIOException} when its thread is interrupted, the flag set.
     *
     * @return always the same stream
     * @throws IllegalStateException if the attachment was made without input, or its input comes from somewhere else
     */
    OutputStream stdin();

    /**
     * Changes the size of the terminal.
     *
     * @param size the new size
     * @throws io.cofferdam.error.CofferdamException if the environment has no terminal or does not run
     */
    void resize(TerminalSize size);

    /**
     * Waits until the main process has ended and all it wrote was delivered.
     *
     * @param timeout how long to wait at the most
     * @return true if it has ended, false if the time ran out
     * @throws io.cofferdam.error.CofferdamException if the connection broke, or a sink threw
     * @throws OperationInterruptedException if the thread was interrupted
     */
    boolean awaitEnd(Duration timeout);

    /**
     * Lets go. The main process goes on, but sees the end of its input if the attachment had input. No sink is called
     * afterwards, unless it is called from inside a sink.
     */
    @Override
    void close();
}
