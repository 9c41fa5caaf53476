package io.cofferdam.tck;

import io.cofferdam.traffic.RouteTarget;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** An instance behind a router, which does exactly what a path says. It counts what reaches it, by method and path. */
final class SpeakingTarget implements AutoCloseable {

    static final int HALF = 5 * 1024 * 1024 / 2;

    /** A handshake and its answer, the example of RFC 6455. */
    static final String UPGRADE = String.join(
            "\r\n",
            "GET /ws HTTP/1.1",
            "Host: x",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "\r\n");

    private static final String SWITCHED = String.join(
            "\r\n",
            "HTTP/1.1 101 Switching Protocols",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            "\r\n");

    final String id;
    /** Opened by a test to let {@code /slow} and {@code /halves} go on. */
    final CountDownLatch goOn = new CountDownLatch(1);
    /** Opened when {@code /slow} has begun, or {@code /upload} has half of the body. */
    final CountDownLatch begun = new CountDownLatch(1);

    private final ServerSocket server;
    private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();

    SpeakingTarget(String id) throws IOException {
        this.id = id;
        server = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    RouteTarget withShare(double share) {
        return new RouteTarget(id, "127.0.0.1", server.getLocalPort(), share);
    }

    int count(String request) {
        AtomicInteger count = counts.get(request);
        return count == null ? 0 : count.get();
    }

    static void daemon(Runnable body) {
        Thread thread = new Thread(body, "speaking-target");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = server.accept();
                clients.add(client);
                daemon(() -> serve(client));
            }
        } catch (IOException closed) {
            clients.forEach(SpeakingTarget::close);
        }
    }

    private void serve(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(client.getInputStream());
            boolean more = true;
            while (more) {
                more = answer(head(in), in, client.getOutputStream());
            }
        } catch (IOException gone) {
            // The router or the end of the test closed it.
        } finally {
            clients.remove(client);
        }
    }

    /** The lines up to an empty one, with their ends. */
    static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        for (int b = in.read(); ; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the connection ended after: " + head.toString(StandardCharsets.US_ASCII));
            }
            head.write(b);
            last = (last << 8) | b;
            if (last == 0x0D0A0D0A) {
                return head.toString(StandardCharsets.US_ASCII);
            }
        }
    }

    /** The value of a field of a head; empty if it is not there. */
    static String field(String head, String name) {
        return head.lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private boolean answer(String head, InputStream in, OutputStream out) throws IOException {
        String[] line = head.split(" ", 3);
        counts.computeIfAbsent(line[0] + " " + line[1], request -> new AtomicInteger())
                .incrementAndGet();
        switch (line[1]) {
            case "/drop" -> {
                return false;
            }
            case "/ws" -> {
                send(out, SWITCHED);
                in.transferTo(out);
                return false;
            }
            case "/upload" -> {
                in.readNBytes(HALF);
                begun.countDown();
                in.readNBytes(HALF);
                body(out, id);
            }
            case "/halves" -> {
                send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + 2 * HALF + "\r\n\r\n");
                out.write(new byte[HALF]);
                await(goOn);
                out.write(new byte[HALF]);
            }
            case "/slow" -> {
                begun.countDown();
                await(goOn);
                body(out, id);
            }
            case "/head" -> body(out, head);
            case "/chunks" ->
                send(out, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
            case "/length" -> send(out, "HTTP/1.1 200 OK\r\nContent-Length: 1234\r\n\r\n"); // asked by HEAD
            default -> {
                if (field(head, "Expect").equalsIgnoreCase("100-continue")) {
                    send(out, "HTTP/1.1 100 Continue\r\n\r\n");
                }
                String length = field(head, "Content-Length");
                byte[] body = length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
                body(out, body.length == 0 ? id : new String(body, StandardCharsets.US_ASCII));
            }
        }
        return true;
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IOException("nobody let it go on");
            }
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    private static void body(OutputStream out, String body) throws IOException {
        send(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
    }

    static void send(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        goOn.countDown();
        server.close();
        clients.forEach(SpeakingTarget::close);
    }
}
