package io.cofferdam.kubernetes;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/** A connection that began as an HTTP request and was turned over to both sides. */
final class UpgradedSocket implements Closeable {

    private static final int HEAD_LIMIT = 64 * 1024;
    private static final int ERROR_LIMIT = 64 * 1024;

    private final Socket raw = new Socket(Proxy.NO_PROXY);
    private volatile @Nullable Socket secure;
    private volatile boolean closed;
    private @Nullable InputStream in;
    private @Nullable OutputStream out;
    private final Map<String, String> headers = new LinkedHashMap<>();

    /** What the server answered instead of turning the connection over. */
    static final class NotUpgraded extends IOException {
        private static final long serialVersionUID = 1L;

        final int status;
        final String body;

        NotUpgraded(int status, String body) {
            super("the server answered " + status);
            this.status = status;
            this.body = body;
        }
    }

    /**
     * Connects and asks.
     *
     * @throws NotUpgraded if the server says no
     */
    void open(Cluster cluster, OkHttpClient client, String path, Map<String, String> requestHeaders)
            throws IOException {
        URI server = cluster.uri();
        boolean tls = "https".equals(server.getScheme());
        int port = server.getPort() >= 0 ? server.getPort() : tls ? 443 : 80;
        URI proxy = cluster.proxy();
        raw.setTcpNoDelay(true);
        if (proxy == null) {
            raw.connect(new InetSocketAddress(server.getHost(), port));
        } else {
            raw.connect(new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort()));
            tunnel(server.getHost() + ":" + port);
        }
        Socket socket = raw;
        if (tls) {
            String name = cluster.serverName() != null ? cluster.serverName() : server.getHost();
            SSLSocket ssl = (SSLSocket) client.sslSocketFactory().createSocket(raw, name, port, true);
            secure = ssl;
            SSLParameters parameters = ssl.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"http/1.1"});
            ssl.setSSLParameters(parameters);
            ssl.startHandshake();
            if (!client.hostnameVerifier().verify(name, ssl.getSession())) {
                throw new SSLException("the server's certificate is not for " + name);
            }
            socket = ssl;
        }
        if (closed) {
            throw new IOException("given up");
        }
        in = new BufferedInputStream(socket.getInputStream(), HEAD_LIMIT);
        out = new BufferedOutputStream(socket.getOutputStream(), HEAD_LIMIT);
        StringBuilder request = new StringBuilder("POST " + path + " HTTP/1.1\r\nHost: " + server.getHost() + ":" + port
                + "\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nContent-Length: 0\r\nUser-Agent: cofferdam\r\n");
        requestHeaders.forEach(
                (name, value) -> request.append(name).append(": ").append(value).append("\r\n"));
        output().write(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        output().flush();
        int status = head(input());
        if (status != 101) {
            String length = headers.getOrDefault("content-length", "0");
            int count = length.matches("\\d{1,5}") ? Integer.parseInt(length) : ERROR_LIMIT;
            String body = new String(input().readNBytes(Math.min(count, ERROR_LIMIT)), StandardCharsets.UTF_8);
            throw new NotUpgraded(status, body);
        }
    }

    private void tunnel(String to) throws IOException {
        OutputStream plain = raw.getOutputStream();
        plain.write(("CONNECT " + to + " HTTP/1.1\r\nHost: " + to + "\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
        plain.flush();
        int status = head(raw.getInputStream());
        if (status / 100 != 2) {
            throw new IOException("the proxy answered " + status);
        }
        headers.clear();
    }

    /** Reads a status line and headers: the status. */
    private int head(InputStream from) throws IOException {
        String line = line(from);
        String[] words = line.split(" ", 3);
        if (words.length < 2 || !words[1].matches("\\d{3}")) {
            throw new IOException("what answers speaks no HTTP");
        }
        for (String header = line(from); !header.isEmpty(); header = line(from)) {
            int colon = header.indexOf(':');
            if (colon > 0) {
                headers.put(
                        header.substring(0, colon).toLowerCase(Locale.ROOT),
                        header.substring(colon + 1).strip());
            }
        }
        return Integer.parseInt(words[1]);
    }

    private static String line(InputStream from) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = from.read(); next != '\n'; next = from.read()) {
            if (next < 0 || line.size() > HEAD_LIMIT) {
                throw new IOException("the connection was closed in the middle of an answer");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    InputStream input() {
        InputStream opened = in;
        if (opened == null) {
            throw new IllegalStateException("not connected");
        }
        return opened;
    }

    OutputStream output() {
        OutputStream opened = out;
        if (opened == null) {
            throw new IllegalStateException("not connected");
        }
        return opened;
    }

    @Nullable
    String header(String name) {
        return headers.get(name.toLowerCase(Locale.ROOT));
    }

    /** The raw one first: closing a secure one politely waits for whoever writes to it. */
    @Override
    public void close() {
        closed = true;
        try {
            raw.close();
            Socket above = secure;
            if (above != null) {
                above.close();
            }
        } catch (IOException alreadyBroken) {
            // Nothing is left to give back.
        }
    }
}
