package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** One request of a probe, and what is thought of its answer. */
final class HttpQuestion {

    /** How much of an unwanted answer's content is shown. */
    private static final int SHOWN = 200;

    private final Probe.Http probe;
    private final HttpURLConnection connection;
    private final Deadline end;

    private HttpQuestion(Probe.Http probe, HttpURLConnection connection, Deadline end) {
        this.probe = probe;
        this.connection = connection;
        this.end = end;
    }

    /**
     * Asks.
     *
     * @param address where the port is reached
     * @throws io.cofferdam.error.OperationTimeoutException if there is no answer in time
     */
    static Answer ask(Threads threads, Probe.Http probe, InetSocketAddress address, Deadline end) {
        HttpURLConnection connection = null;
        try {
            connection = connection(probe, address);
            HttpQuestion question = new HttpQuestion(probe, connection, end);
            return Bounded.call(threads, end, "GET " + connection.getURL(), question::ask, connection::disconnect);
        } catch (IOException | IllegalArgumentException failed) {
            return Answer.no("GET " + probe.path() + ": " + failed.getMessage());
        } finally {
            if (connection != null) {
                connection.disconnect();
            }
        }
    }

    private static HttpURLConnection connection(Probe.Http probe, InetSocketAddress address) throws IOException {
        boolean encrypted = probe.scheme() != Probe.Http.Scheme.HTTP;
        Endpoint endpoint = new Endpoint(probe.port(), Protocol.TCP, address.getHostString(), address.getPort());
        HttpURLConnection connection =
                (HttpURLConnection) URI.create(endpoint.uri(encrypted ? "https" : "http") + probe.path())
                        .toURL()
                        .openConnection(Proxy.NO_PROXY);
        if (probe.scheme() == Probe.Http.Scheme.HTTPS_TRUSTING_ALL
                && connection instanceof HttpsURLConnection secured) {
            secured.setSSLSocketFactory(trustingAll().getSocketFactory());
            secured.setHostnameVerifier((host, session) -> true);
        }
        return connection;
    }

    private Answer ask() throws IOException {
        int millis =
                (int) Math.max(1, Math.min(Integer.MAX_VALUE, end.remaining().toMillis()));
        connection.setConnectTimeout(millis);
        connection.setReadTimeout(millis);
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        // A kept connection would belong to the JVM, not to this engine, and outlive it.
        connection.setRequestProperty("Connection", "close");
        int status = connection.getResponseCode();
        if (probe.statuses().stream().noneMatch(range -> range.contains(status))) {
            return no("was answered with status " + status + content(SHOWN));
        }
        for (Map.Entry<String, String> wanted : probe.headers().entrySet()) {
            List<String> values = header(wanted.getKey());
            Pattern pattern = Pattern.compile(wanted.getValue());
            if (values.stream().noneMatch(value -> pattern.matcher(value).find())) {
                return no("was answered with status " + status + ", but "
                        + (values.isEmpty()
                                ? "without the header " + wanted.getKey()
                                : wanted.getKey() + " was " + shortened(String.join(", ", values)) + ", not /"
                                        + wanted.getValue() + "/"));
            }
        }
        String regex = probe.bodyRegex();
        if (regex != null) {
            String body = body(Probe.Http.BODY_LIMIT);
            if (!Pattern.compile(regex).matcher(body).find()) {
                return no("was answered with status " + status + ", but its content does not match /" + regex + "/: "
                        + (body.isBlank() ? "it is empty" : shortened(body.strip())));
            }
        }
        return Answer.YES;
    }

    private Answer no(String how) {
        // Whoever answers is up; another answer is to be expected only where it is still starting.
        return Answer.no(
                "GET " + probe.path() + " " + how,
                "it listens and answers, so look whether the path, what the condition expects, or its configuration is"
                        + " wrong; if it only needs longer, give it a longer start timeout");
    }

    private List<String> header(String name) {
        return connection.getHeaderFields().entrySet().stream()
                .filter(entry -> name.equalsIgnoreCase(entry.getKey()))
                .flatMap(entry -> Objects.requireNonNull(entry.getValue()).stream())
                .toList();
    }

    private String content(int limit) {
        try {
            String text = body(limit).strip();
            return text.isEmpty() ? "" : ": " + shortened(text);
        } catch (IOException unreadable) {
            return "";
        }
    }

    private String body(int limit) throws IOException {
        @Nullable InputStream error = connection.getErrorStream();
        try (InputStream in = error != null
                ? error
                : connection.getResponseCode() < 400 ? connection.getInputStream() : InputStream.nullInputStream()) {
            return new String(in.readNBytes(limit), StandardCharsets.UTF_8);
        }
    }

    private static String shortened(String text) {
        String line = text.replaceAll("\\s+", " ");
        return "'" + (line.length() > SHOWN ? line.substring(0, SHOWN) + "…" : line) + "'";
    }

    private static SSLContext trustingAll() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new TrustingAll()}, null);
            return context;
        } catch (GeneralSecurityException noTls) {
            throw new IOException("this JVM has no TLS: " + noTls.getMessage(), noTls);
        }
    }

    /** Believes every server. An extended one, because others are wrapped and then check names all the same. */
    private static final class TrustingAll extends X509ExtendedTrustManager {

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
