package io.cofferdam.docker.watcher;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Asks the engine, by one connection for each request: as much of HTTP/1.1 (RFC 9112) as that takes. */
final class SweepHttp {

    /** Removing a container may take an engine long that has much to do. */
    private static final long LONGEST_SECONDS = 60;

    /** What a volume held may be much. */
    private static final long LONGEST_TRANSFER_SECONDS = 15 * 60;

    private static final int PIECE = 64 * 1024;
    private static final int CONNECT_MILLIS = 10_000;

    private final Map<String, String> settings;
    private final @Nullable SSLContext tls;
    private final ScheduledExecutorService cutter = Executors.newSingleThreadScheduledExecutor(body -> {
        Thread thread = new Thread(body, "cutter");
        thread.setDaemon(true);
        return thread;
    });

    SweepHttp(Map<String, String> settings) {
        this.settings = Map.copyOf(settings);
        this.tls = settings.containsKey(DockerSweeper.KEYS) ? tls(settings) : null;
    }

    /** What the engine answered. */
    record Reply(int status, String body) {}

    /** Takes the content of a good answer. */
    interface Taker<T> {
        T take(InputStream content) throws IOException;
    }

    /** Gives the content of a request. */
    interface Giver {
        void give(OutputStream to) throws IOException;
    }

    Reply get(String path) throws IOException {
        return ask("GET", path, "", null, LONGEST_SECONDS, SweepHttp::read);
    }

    Reply delete(String path) throws IOException {
        return ask("DELETE", path, "", null, LONGEST_SECONDS, SweepHttp::read);
    }

    Reply post(String path, String json) throws IOException {
        byte[] body = json.getBytes(StandardCharsets.UTF_8);
        return ask("POST", path, "application/json", out -> out.write(body), LONGEST_SECONDS, SweepHttp::read);
    }

    /** Has the engine unpack an archive. */
    Reply put(String path, Giver archive) throws IOException {
        return ask("PUT", path, "application/x-tar", archive, LONGEST_TRANSFER_SECONDS, SweepHttp::read);
    }

    /** Reads an archive; fails if there is none. */
    <T> T read(String path, Taker<T> taker) throws IOException {
        return ask("GET", path, "", null, LONGEST_TRANSFER_SECONDS, in -> {
            Head head = head(in);
            if (head.status() != 200) {
                throw new IOException("GET " + path + ": " + head.status());
            }
            return taker.take(head.chunked() ? new Chunks(in) : in);
        });
    }

    private <T> T ask(String method, String path, String type, @Nullable Giver body, long seconds, Taker<T> answer)
            throws IOException {
        try (Connection connection = connect()) {
            // The only deadline that holds for all kinds of sockets.
            ScheduledFuture<?> cut = cutter.schedule(connection::cut, seconds, TimeUnit.SECONDS);
            try {
                String head = method + " /v" + setting(DockerSweeper.API) + path + " HTTP/1.1\r\nHost: "
                        + (setting(DockerSweeper.HOST).isEmpty() ? "docker" : setting(DockerSweeper.HOST))
                        + "\r\nUser-Agent: cofferdam-watcher\r\nAccept: */*\r\nConnection: close\r\n"
                        + (body == null ? "" : "Content-Type: " + type + "\r\nTransfer-Encoding: chunked\r\n")
                        + "\r\n";
                OutputStream out = connection.out();
                out.write(head.getBytes(StandardCharsets.ISO_8859_1));
                if (body != null) {
                    send(body, out);
                }
                out.flush();
                return answer.take(new BufferedInputStream(connection.in()));
            } finally {
                cut.cancel(false);
            }
        }
    }

    private static void send(Giver body, OutputStream out) throws IOException {
        OutputStream chunks = new BufferedOutputStream(
                new OutputStream() {
                    @Override
                    public void write(int one) throws IOException {
                        write(new byte[] {(byte) one}, 0, 1);
                    }

                    @Override
                    public void write(byte[] bytes, int offset, int length) throws IOException {
                        if (length > 0) {
                            out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                            out.write(bytes, offset, length);
                            out.write('\r');
                            out.write('\n');
                        }
                    }
                },
                PIECE);
        body.give(chunks);
        chunks.flush();
        out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    }

    private String setting(String key) {
        return settings.getOrDefault(key, "");
    }

    private static Reply read(InputStream in) throws IOException {
        Head head = head(in);
        byte[] body = head.chunked() ? new Chunks(in).readAllBytes() : in.readNBytes(head.length());
        return new Reply(head.status(), new String(body, StandardCharsets.UTF_8));
    }

    /** The part of an answer before its content. */
    private record Head(int status, boolean chunked, int length) {}

    private static Head head(InputStream in) throws IOException {
        String first = line(in);
        if (!first.startsWith("HTTP/1.")) {
            throw new IOException("the answer is no HTTP");
        }
        int status = Integer.parseInt(first.substring(9, 12));
        boolean chunked = false;
        int length = status == 204 || status == 304 ? 0 : Integer.MAX_VALUE;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                length = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
            chunked |= header.startsWith("transfer-encoding:") && header.contains("chunked");
        }
        return new Head(status, chunked, length);
    }

    /** Content in chunks (RFC 9112, section 7.1); an end without the last one is a fault. */
    private static final class Chunks extends InputStream {
        private final InputStream in;
        private int left;
        private boolean ended;

        Chunks(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            if (left == 0 && !ended) {
                left = Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
                ended = left == 0;
            }
            if (ended) {
                return -1;
            }
            int count = in.read(into, offset, Math.min(length, left));
            if (count < 0) {
                throw new IOException("the answer was cut off");
            }
            left -= count;
            if (left == 0) {
                line(in);
            }
            return count;
        }
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new IOException("the answer was cut off");
            }
            line.append((char) c);
        }
        return line.toString().stripTrailing();
    }

    /** An open connection, which another thread may cut. */
    private record Connection(Closeable socket, InputStream in, OutputStream out) implements Closeable {

        void cut() {
            try {
                socket.close();
            } catch (IOException closed) {
                // That was what it is for.
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private Connection connect() throws IOException {
        String unix = setting(DockerSweeper.SOCKET);
        if (!unix.isEmpty()) {
            SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(unix));
            return new Connection(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel));
        }
        String host = setting(DockerSweeper.HOST);
        int port = Integer.parseInt(setting(DockerSweeper.PORT));
        Socket plain = new Socket();
        try {
            plain.connect(new InetSocketAddress(host, port), CONNECT_MILLIS);
            if (tls == null) {
                return new Connection(plain, plain.getInputStream(), plain.getOutputStream());
            }
            plain.setSoTimeout(CONNECT_MILLIS);
            SSLSocket secure = (SSLSocket) tls.getSocketFactory().createSocket(plain, host, port, true);
            SSLParameters parameters = secure.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            secure.setSSLParameters(parameters);
            secure.startHandshake();
            plain.setSoTimeout((int) TimeUnit.SECONDS.toMillis(LONGEST_SECONDS));
            return new Connection(plain, secure.getInputStream(), secure.getOutputStream());
        } catch (IOException | RuntimeException failure) {
            plain.close();
            throw failure;
        }
    }

    private static SSLContext tls(Map<String, String> settings) {
        try {
            char[] password = settings.getOrDefault(DockerSweeper.PASSWORD, "").toCharArray();
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store(settings.getOrDefault(DockerSweeper.KEYS, ""), password), password);
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store(settings.getOrDefault(DockerSweeper.AUTHORITIES, ""), password));
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException wrong) {
            throw new IllegalArgumentException("the certificates cannot be used", wrong);
        }
    }

    private static KeyStore store(String base64, char[] password) throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(new ByteArrayInputStream(Base64.getDecoder().decode(base64)), password);
        return store;
    }
}
