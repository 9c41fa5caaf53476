package io.cofferdam.docker;

import io.cofferdam.engine.EngineConfig;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** An engine whose every byte a test decides. Listens on a loopback port; each connection has a thread. */
final class FakeEngine implements AutoCloseable {

    /** Answers one request of a connection. */
    interface Handler {
        void answer(Request request, Exchange exchange) throws Exception;
    }

    /** What a client asked. */
    record Request(String method, String path, String head) {}

    private final ServerSocket server;
    private final Handler handler;
    private final List<Socket> open = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new CopyOnWriteArrayList<>();
    private final CountDownLatch closing = new CountDownLatch(1);
    final List<String> requests = new CopyOnWriteArrayList<>();
    final AtomicInteger connections = new AtomicInteger();

    /** Connections whose client is still there. */
    final java.util.Set<Socket> alive = ConcurrentHashMap.newKeySet();

    FakeEngine(Handler handler) throws IOException {
        this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), handler);
    }

    FakeEngine(ServerSocket server, Handler handler) {
        this.server = server;
        this.handler = handler;
        start(this::accept);
    }

    /** An engine that answers {@code /version} and {@code /info}, and everything else by the handler. */
    static FakeEngine ofApi(String oldest, String newest, Handler rest) throws IOException {
        return new FakeEngine((request, exchange) -> {
            if (request.path().endsWith("/version")) {
                exchange.json("{\"Version\":\"99.9\",\"ApiVersion\":\"" + newest + "\",\"MinAPIVersion\":\"" + oldest
                        + "\",\"Arch\":\"amd64\",\"Os\":\"linux\"}");
            } else if (request.path().endsWith("/info")) {
                exchange.json("{\"ID\":\"fake\",\"OSType\":\"linux\",\"NCPU\":2,\"MemTotal\":1024}");
            } else {
                rest.answer(request, exchange);
            }
        });
    }

    EngineConfig.Builder config() {
        return EngineConfig.builder().host(address().toString());
    }

    EngineAddress address() {
        return EngineAddress.parse("tcp://127.0.0.1:" + server.getLocalPort(), null);
    }

    private void start(Runnable body) {
        Thread thread = new Thread(body, "fake-engine");
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                alive.add(socket);
                connections.incrementAndGet();
                start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (String head = head(in); head != null; head = head(in)) {
                String[] line = head.split(" ", 3);
                requests.add(line[0] + " " + line[1]);
                Exchange exchange = new Exchange(socket, in);
                String lower = head.toLowerCase(java.util.Locale.ROOT);
                int length = lower.indexOf("content-length: ");
                if (length >= 0) {
                    in.readNBytes(Integer.parseInt(head.substring(length + 16, head.indexOf('\r', length))
                            .strip()));
                }
                handler.answer(new Request(line[0], line[1], head), exchange);
            }
        } catch (Exception broken) {
            // The client went away, or the test did.
        } finally {
            alive.remove(socket);
        }
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int value = in.read();
            if (value < 0) {
                return null;
            }
            head.append((char) value);
        }
        return head.toString();
    }

    /** One request's connection. */
    final class Exchange {
        private final Socket socket;
        final InputStream in;

        Exchange(Socket socket, InputStream in) {
            this.socket = socket;
            this.in = in;
        }

        OutputStream out() throws IOException {
            return socket.getOutputStream();
        }

        void write(String text) throws IOException {
            out().write(text.getBytes(StandardCharsets.UTF_8));
            out().flush();
        }

        void json(String text) throws IOException {
            answer(200, text);
        }

        void answer(int status, String text) throws IOException {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            write("HTTP/1.1 " + status + " Said\r\nContent-Type: application/json\r\nContent-Length: " + bytes.length
                    + "\r\n\r\n" + text);
        }

        /** Begins an endless answer. */
        void begin() throws IOException {
            write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        }

        void chunk(String text) throws IOException {
            write(Integer.toHexString(text.getBytes(StandardCharsets.UTF_8).length) + "\r\n" + text + "\r\n");
        }

        /** Says nothing until the client closes or the test ends. */
        void stall() throws Exception {
            while (in.read() >= 0) {
                // Whatever it says, there is no answer.
            }
        }

        /** Sends a byte now and then until the client closes. */
        void trickle() throws Exception {
            while (!closing.await(20, java.util.concurrent.TimeUnit.MILLISECONDS)) {
                write(" ");
            }
        }

        void cut() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    /** Cuts every connection, and goes on listening. */
    void cutAll() throws IOException {
        for (Socket socket : open) {
            socket.close();
        }
    }

    @Override
    public void close() throws IOException {
        closing.countDown();
        server.close();
        for (Socket socket : open) {
            socket.close();
        }
        for (Thread thread : threads) {
            try {
                thread.join(5_000);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
