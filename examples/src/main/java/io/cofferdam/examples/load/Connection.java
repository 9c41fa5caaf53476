package io.cofferdam.examples.load;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Locale;

/**
 * One connection over which requests are sent one after the other. Clients that others wrote try requests again by rules of their
 * own, which would hide what is to be counted.
 */
final class Connection {

    private static final int LONGEST_LINE = 64 * 1024;

    private final Socket socket;
    private final String host;
    private final InputStream in;
    private final byte[] buffer = new byte[8 * 1024];
    private int next;
    private int limit;
    private boolean hasAnswered;
    private long end;

    /**
     * An answer.
     *
     * @param status its status
     * @param body its content
     */
    record Answer(int status, String body) {}

    private Connection(Socket socket, String host) throws IOException {
        this.socket = socket;
        this.host = host;
        in = socket.getInputStream();
    }

    static Connection open(InetSocketAddress address, String host, Duration timeout) throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(address, millis(timeout));
            socket.setTcpNoDelay(true);
            return new Connection(socket, host);
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    Answer get(String path, Duration timeout) throws IOException {
        hasAnswered = false;
        end = System.nanoTime() + timeout.toNanos();
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
        String[] first = line().split(" ", 3);
        if (first.length < 2) {
            throw new EOFException("no status");
        }
        long length = -1;
        boolean isChunked = false;
        boolean isLast = first[0].equals("HTTP/1.0");
        for (String header = line(); !header.isEmpty(); header = line()) {
            String name = header.replaceFirst(":.*", "").toLowerCase(Locale.ROOT);
            String value = header.substring(Math.min(header.length(), name.length() + 1))
                    .strip();
            switch (name) {
                case "content-length" -> length = Long.parseLong(value);
                case "transfer-encoding" -> isChunked = value.equalsIgnoreCase("chunked");
                case "connection" -> isLast |= value.equalsIgnoreCase("close");
                default -> {}
            }
        }
        int status = Integer.parseInt(first[1]);
        String body = isChunked ? chunks() : length < 0 && status != 204 && status != 304 ? rest() : exactly(length);
        if (isLast || (!isChunked && length < 0)) {
            close();
        }
        return new Answer(status, body);
    }

    /** Whether a byte of the answer to the last request came. */
    boolean hasAnswered() {
        return hasAnswered;
    }

    boolean isClosed() {
        return socket.isClosed();
    }

    void close() {
        try {
            socket.close();
        } catch (IOException closed) {
            // It is closed all the same.
        }
    }

    private String exactly(long length) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (long i = 0; i < length; i++) {
            body.write(next());
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private String chunks() throws IOException {
        StringBuilder body = new StringBuilder();
        for (int size = size(); size > 0; size = size()) {
            body.append(exactly(size));
            line();
        }
        while (!line().isEmpty()) {
            // Trailers do not matter.
        }
        return body.toString();
    }

    private int size() throws IOException {
        return Integer.parseInt(line().replaceFirst(";.*", "").strip(), 16);
    }

    private String rest() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int b = read(); b >= 0; b = read()) {
            body.write(b);
        }
        return body.toString(StandardCharsets.UTF_8);
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = next(); b != '\n'; b = next()) {
            if (line.length() > LONGEST_LINE) {
                throw new IOException("a line without end");
            }
            line.append((char) b);
        }
        return line.toString().stripTrailing();
    }

    private int next() throws IOException {
        int b = read();
        if (b < 0) {
            throw new EOFException("the connection was closed");
        }
        return b;
    }

    private int read() throws IOException {
        if (next == limit) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                throw new SocketTimeoutException("no answer in time");
            }
            socket.setSoTimeout(millis(Duration.ofNanos(left)));
            limit = Math.max(0, in.read(buffer));
            next = 0;
            hasAnswered |= limit > 0;
        }
        return next == limit ? -1 : buffer[next++] & 0xff;
    }

    private static int millis(Duration time) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, time.toMillis()));
    }
}
