package io.cofferdam.examples.bench;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.URI;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A relay in front of an engine's unix socket that remembers the first line of every HTTP request it passes on. */
final class RequestCounter implements AutoCloseable {

    private static final Pattern REQUEST =
            Pattern.compile("(GET|POST|PUT|DELETE|HEAD) (?:/v[0-9.]+)?(/[^ ?]*)\\S* HTTP/1\\.1\r\n");

    private final Path directory;
    private final Path socket;
    private final UnixDomainSocketAddress engine;
    private final ServerSocketChannel server;
    private final Set<SocketChannel> open = ConcurrentHashMap.newKeySet();
    private final List<String> requests = new ArrayList<>();

    private RequestCounter(Path engineSocket) throws IOException {
        engine = UnixDomainSocketAddress.of(engineSocket);
        directory = Files.createTempDirectory("bench");
        socket = directory.resolve("engine.sock");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        daemon(this::accept);
    }

    static RequestCounter before(String endpoint) throws IOException {
        return new RequestCounter(Path.of(URI.create(endpoint).getPath()));
    }

    String endpoint() {
        return "unix://" + socket;
    }

    /** The requests since the last call. */
    List<String> take() {
        synchronized (requests) {
            List<String> taken = List.copyOf(requests);
            requests.clear();
            return taken;
        }
    }

    private void accept() {
        try {
            while (true) {
                SocketChannel client = server.accept();
                SocketChannel upstream = SocketChannel.open(engine);
                open.add(client);
                open.add(upstream);
                daemon(() -> pass(client, upstream, true));
                daemon(() -> pass(upstream, client, false));
            }
        } catch (IOException closed) {
            open.forEach(RequestCounter::closeQuietly);
        }
    }

    private void pass(SocketChannel from, SocketChannel to, boolean count) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
        try {
            while (from.read(buffer.clear()) >= 0) {
                buffer.flip();
                if (count) {
                    count(StandardCharsets.ISO_8859_1.decode(buffer.duplicate()).toString());
                }
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
            }
            to.shutdownOutput();
        } catch (IOException ended) {
            closeQuietly(from);
            closeQuietly(to);
        }
    }

    private void count(String bytes) {
        Matcher request = REQUEST.matcher(bytes);
        synchronized (requests) {
            while (request.find()) {
                requests.add(request.group(1) + " " + request.group(2).replaceAll("[0-9a-f]{64}", "{id}"));
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        open.forEach(RequestCounter::closeQuietly);
        Files.deleteIfExists(socket);
        Files.deleteIfExists(directory);
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException alreadyBroken) {
            // closing is all that was wanted
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "bench-relay");
        thread.setDaemon(true);
        thread.start();
    }
}
