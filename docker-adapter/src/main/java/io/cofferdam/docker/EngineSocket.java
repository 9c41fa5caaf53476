package io.cofferdam.docker;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A connection to an engine that can be closed by any thread at any moment, which ends whatever another thread does on it,
 * and whose sending half can be closed alone. Reading and writing at the same time from two threads is fine.
 */
interface EngineSocket extends Closeable {

    /** Makes the connection; blocks until it stands, fails, or {@link #close()} is called. */
    void connect() throws IOException;

    InputStream input();

    OutputStream output();

    /** Tells the engine that nothing more will be sent; what it sends can still be read. */
    void shutdownOutput() throws IOException;

    /** Whether the engine closed an idle connection, without blocking. Bytes that nobody asked for count as closed. */
    boolean isStale();

    /** Opens nothing yet: {@link #connect()} does. */
    static EngineSocket to(EngineAddress address, Tls tls) throws IOException {
        return switch (address.kind()) {
            case UNIX -> ChannelSocket.unix(address.path());
            case NPIPE -> {
                if (!System.getProperty("os.name", "").startsWith("Windows")) {
                    throw new IOException("named pipes are there on Windows only");
                }
                yield new StreamSocket(address, tls);
            }
            case TCP ->
                address.isTls() ? new StreamSocket(address, tls) : ChannelSocket.tcp(address.host(), address.port());
        };
    }
}
