package io.cofferdam.docker;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A registry of one image whose every answer a test may spoil. Engines talk to loopback addresses without TLS. */
final class FakeRegistry implements AutoCloseable {

    /** Answers instead of the registry: whether it did. */
    interface Spoiler {
        boolean answer(HttpExchange exchange) throws IOException;
    }

    private static final String MANIFEST = "application/vnd.docker.distribution.manifest.v2+json";
    private static final String LIST = "application/vnd.docker.distribution.manifest.list.v2+json";

    private static final int TLS_HANDSHAKE = 0x16;

    private final HttpServer server;
    private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    private volatile Spoiler spoiler = exchange -> false;
    final List<String> requests = new CopyOnWriteArrayList<>();
    final String layer;

    FakeRegistry(String label) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        byte[] content = new byte[300_000];
        new Random(label.hashCode()).nextBytes(content);
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        try (TarArchiveOutputStream out = TarWriter.open(tar)) {
            TarArchiveEntry entry = new TarArchiveEntry("content");
            entry.setSize(content.length);
            out.putArchiveEntry(entry);
            out.write(content);
            out.closeArchiveEntry();
        }
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (var gzip = new java.util.zip.GZIPOutputStream(zipped)) {
            gzip.write(tar.toByteArray());
        }
        layer = blob(zipped.toByteArray());
        byte[] amd64 = manifest("amd64", digest(tar.toByteArray()), zipped.size(), label);
        byte[] arm64 = manifest("arm64", digest(tar.toByteArray()), zipped.size(), label);
        manifests.put("1", amd64);
        manifests.put(digest(amd64), amd64);
        manifests.put(digest(arm64), arm64);
        ObjectNode list = Json.object().put("schemaVersion", 2).put("mediaType", LIST);
        var members = list.putArray("manifests");
        for (Map.Entry<String, byte[]> one :
                Map.of("amd64", amd64, "arm64", arm64).entrySet()) {
            members.addObject()
                    .put("mediaType", MANIFEST)
                    .put("size", one.getValue().length)
                    .put("digest", digest(one.getValue()))
                    .putObject("platform")
                    .put("architecture", one.getKey())
                    .put("os", "linux");
        }
        manifests.put("multi", Json.bytes(list));
        manifests.put(digest(Json.bytes(list)), Json.bytes(list));
        server.start();
        threads.execute(this::letIn);
    }

    private byte[] manifest(String architecture, String diff, int size, String label) {
        ObjectNode config = Json.object().put("architecture", architecture).put("os", "linux");
        config.putObject("config").putObject("Labels").put("cofferdam-images-test", label);
        config.putObject("rootfs").put("type", "layers").putArray("diff_ids").add(diff);
        byte[] bytes = Json.bytes(config);
        ObjectNode manifest = Json.object().put("schemaVersion", 2).put("mediaType", MANIFEST);
        manifest.putObject("config")
                .put("mediaType", "application/vnd.docker.container.image.v1+json")
                .put("size", bytes.length)
                .put("digest", blob(bytes));
        manifest.putArray("layers")
                .addObject()
                .put("mediaType", "application/vnd.docker.image.rootfs.diff.tar.gzip")
                .put("size", size)
                .put("digest", layer);
        return Json.bytes(manifest);
    }

    private String blob(byte[] bytes) {
        String digest = digest(bytes);
        blobs.put(digest, bytes);
        return digest;
    }

    private static String digest(byte[] bytes) {
        try {
            return "sha256:"
                    + HexFormat.of()
                            .formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Where it listens, as the beginning of a name. */
    String address() {
        return "127.0.0.1:" + door.getLocalPort();
    }

    /** Engines try TLS first; the server would leave them waiting for an answer to that. */
    private void letIn() {
        while (!door.isClosed()) {
            try {
                Socket caller = door.accept();
                threads.execute(() -> pass(caller));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void pass(Socket caller) {
        try (caller;
                Socket up = new Socket()) {
            int first = caller.getInputStream().read();
            if (first < 0 || first == TLS_HANDSHAKE) {
                return;
            }
            up.connect(server.getAddress());
            up.getOutputStream().write(first);
            threads.execute(() -> copy(caller, up));
            copy(up, caller);
        } catch (IOException cut) {
            // As a registry cuts it.
        }
    }

    private static void copy(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException cut) {
            // The other direction finds out.
        }
    }

    /** What answers instead of the registry now. */
    Spoiler spoiler() {
        return spoiler;
    }

    FakeRegistry spoiledBy(Spoiler spoil) {
        spoiler = spoil;
        return this;
    }

    /** Every request for a manifest is answered with a status and a body. */
    FakeRegistry refusing(int status, String body, String... headers) {
        return spoiledBy(exchange -> {
            if (!exchange.getRequestURI().getPath().contains("/manifests/")) {
                return false;
            }
            for (int i = 0; i + 1 < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            answer(exchange, status, "application/json", body.getBytes(UTF_8));
            return true;
        });
    }

    /** Sends a part of an answer and breaks off. */
    void cut(HttpExchange exchange) throws IOException {
        byte[] bytes = blobs.get(layer);
        exchange.sendResponseHeaders(200, bytes.length);
        exchange.getResponseBody().write(bytes, 0, bytes.length / 2);
        exchange.getResponseBody().flush();
        throw new IOException("cut off by the test");
    }

    boolean isLayer(HttpExchange exchange) {
        return exchange.getRequestURI().getPath().endsWith(layer);
    }

    private void handle(HttpExchange exchange) throws IOException {
        requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI());
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (spoiler.answer(exchange)) {
                return;
            }
            String last = path.substring(path.lastIndexOf('/') + 1);
            byte[] manifest = manifests.get(last);
            byte[] blob = blobs.get(last);
            if (path.equals("/v2/")) {
                answer(exchange, 200, "application/json", "{}".getBytes(UTF_8));
            } else if (path.contains("/manifests/") && manifest != null) {
                exchange.getResponseHeaders().add("Docker-Content-Digest", digest(manifest));
                answer(exchange, 200, new String(manifest, UTF_8).contains(LIST) ? LIST : MANIFEST, manifest);
            } else if (blob != null) {
                answer(exchange, 200, "application/octet-stream", blob);
            } else {
                answer(
                        exchange,
                        404,
                        "application/json",
                        "{\"errors\":[{\"code\":\"MANIFEST_UNKNOWN\",\"message\":\"manifest unknown\"}]}"
                                .getBytes(UTF_8));
            }
        }
    }

    private static void answer(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().add("Content-Type", type);
        exchange.getResponseHeaders().add("Docker-Distribution-Api-Version", "registry/2.0");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.getResponseHeaders().add("Content-Length", String.valueOf(body.length));
            exchange.sendResponseHeaders(status, -1);
        } else {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        closeDoor();
        server.stop(0);
        threads.shutdownNow();
    }

    private void closeDoor() {
        try {
            door.close();
        } catch (IOException open) {
            throw new java.io.UncheckedIOException(open);
        }
    }
}
