package io.cofferdam.examples.shop;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Speaks with the queue. */
final class QueueClient {

    private final Names names;
    private final int port;

    QueueClient(Names names, int port) {
        this.names = names;
        this.port = port;
    }

    /** Asks one question over a connection of its own. */
    String ask(String question) throws IOException {
        try (Session session = open()) {
            return session.ask(question);
        }
    }

    Session open() throws IOException {
        return new Session(names.connect("queue", port));
    }

    /** A connection. */
    static final class Session implements Closeable {
        private final Socket socket;
        private final BufferedReader in;

        private Session(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
        }

        String ask(String question) throws IOException {
            socket.getOutputStream().write((question + "\n").getBytes(StandardCharsets.UTF_8));
            String answer = in.readLine();
            if (answer == null) {
                throw new IOException("the queue closed the connection without an answer");
            }
            return answer;
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
