package io.cofferdam.environment;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.OutputStream;
import java.time.Duration;

/** A command that runs inside an environment and can be talked to meanwhile. Thread-safe. */
@Experimental
public interface ExecSession extends AutoCloseable {

    /**
     * The command's input. What is written is passed on at once; a write blocks while the command does not read. Closing it
     * lets the command see the end of its input. A write fails with an {@link java.io.IOException} once the command has
     * ended, and with {@link java.io.InterruptedIOException} when its thread is interrupted, the flag set.
     *
     * @return always the same stream
     * @throws IllegalStateException if {@link ExecSpec#stdin()} is where the input comes from
     */
    OutputStream stdin();

    /**
     * Changes the size of the command's terminal.
     *
     * @param size the new size
     * @throws IllegalStateException if it was started without a terminal
     * @throws io.cofferdam.error.CofferdamException if the command has ended, or the engine refuses
     */
    void resize(TerminalSize size);

    /**
     * Waits for the end of the command. Its input is left as it is: a command that reads it to its end needs it closed.
     *
     * @param timeout how long to wait at the most
     * @return its exit code and, where no sinks were given, its output
     * @throws OperationTimeoutException if it still ran when the time was over, and goes on; or when it took longer than
     *     {@link ExecSpec#timeout()}, and was ended
     * @throws OperationInterruptedException if the thread was interrupted; the command goes on
     * @throws io.cofferdam.error.CofferdamException whatever {@link IsolatedEnvironment#exec} throws
     */
    ExecResult await(Duration timeout);

    /** Ends the command where the engine can do that, and gives back what the session held. No sink is called afterwards. */
    @Override
    void close();
}
