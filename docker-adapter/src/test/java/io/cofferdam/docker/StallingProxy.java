package io.cofferdam.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * Stands before a real engine and keeps back one request, as a slow network would: the engine gets it when the test says so,
 * whether or not its sender still lives.
 */
final class StallingProxy implements AutoCloseable {

    final CountDownLatch arrived = new CountDownLatch(1);
    final CountDownLatch release = new CountDownLatch(1);
    final CountDownLatch delivered = new CountDownLatch(1);
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private final String socket;
    private final Pattern kept;
    private final AtomicInteger toPass;

    /** Keeps back the creation of a container. */
    StallingProxy(String endpoint, String container) throws IOException {
        this(endpoint, Pattern.compile("/containers/create\\?name=" + Pattern.quote(container)), 1);
    }

    /** Keeps back the nth request that looks so, and no other. */
    StallingProxy(String endpoint, Pattern request, int nth) throws IOException {
        this.socket = endpoint.substring("unix://".length());
        this.kept = request;
        this.toPass = new AtomicInteger(nth);
        start(this::accept);
    }

    String address() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "stalling-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                ChannelSocket up = ChannelSocket.unix(socket);
                up.connect();
                open.add(client);
                open.add(up);
                InputStream fromClient = client.getInputStream();
                OutputStream toClient = client.getOutputStream();
                start(() -> copy(fromClient, up.output(), up));
                start(() -> copy(up.input(), toClient, client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void copy(InputStream in, OutputStream out, AutoCloseable target) {
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                String text = new String(buffer, 0, count, StandardCharsets.ISO_8859_1);
                boolean keep = kept.matcher(text).find() && toPass.decrementAndGet() == 0;
                if (keep) {
                    arrived.countDown();
                    release.await();
                }
                out.write(buffer, 0, count);
                if (keep) {
                    delivered.countDown();
                    // The engine has the whole request; its sender is gone.
                    return;
                }
            }
            target.close();
        } catch (Exception closed) {
            // One of the two sides went away.
        }
    }

    @Override
    public void close() throws Exception {
        release.countDown();
        server.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }
}
