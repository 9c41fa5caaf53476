package io.cofferdam.junit;

import io.cofferdam.environment.IsolatedEnvironment;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Redis forgets everything on one command. */
final class RedisReset implements DataReset {

    private static final int TIMEOUT = 10_000;

    /** Nothing to remember: it begins empty. */
    @Override
    public void remember(IsolatedEnvironment environment, ConnectionDetails connection) throws IOException {
        putBack(environment, connection);
    }

    @Override
    public void putBack(IsolatedEnvironment environment, ConnectionDetails connection) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(connection.address(), TIMEOUT);
            socket.setSoTimeout(TIMEOUT);
            socket.getOutputStream().write("FLUSHALL\r\n".getBytes(StandardCharsets.US_ASCII));
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            String answer = in.readLine();
            if (!"+OK".equals(answer)) {
                throw new IOException("Redis in '" + environment.name() + "' answered " + answer + " to FLUSHALL");
            }
        }
    }
}
