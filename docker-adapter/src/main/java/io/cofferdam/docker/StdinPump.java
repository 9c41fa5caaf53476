package io.cofferdam.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Sends input to a process on a connection that was turned over to both sides. */
final class StdinPump {

    private StdinPump() {}

    /** Sends the input to its end. That the process does not want it any more is no failure; that it cannot be read is. */
    static void pump(InputStream stdin, EngineSocket socket, AtomicReference<@Nullable IOException> failure) {
        byte[] buffer = new byte[32 * 1024];
        OutputStream out = socket.output();
        while (true) {
            int count;
            try {
                count = stdin.read(buffer);
            } catch (InterruptedIOException processEnded) {
                return;
            } catch (IOException unreadable) {
                failure.compareAndSet(null, unreadable);
                count = -1;
            }
            try {
                if (count < 0) {
                    socket.shutdownOutput();
                    return;
                }
                out.write(buffer, 0, count);
            } catch (IOException processEnded) {
                return;
            }
        }
    }
}
