package io.cofferdam.kubernetes;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.KeyManager;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * Where a cluster is and how it is spoken to.
 *
 * @param source where this was found, for people
 * @param server the address of its API server, without a slash at the end
 * @param namespace where everything is made
 * @param authority the certificate authority in PEM, or null for the JVM's own
 * @param verifies whether the server's certificate is checked
 * @param serverName the name in the server's certificate if it is not that of the address, or null
 * @param keys the client's certificate; none for other credentials
 * @param credentials what is sent with each request
 * @param proxy the way to it, or null for the direct one
 */
record Cluster(
        String source,
        String server,
        String namespace,
        @Nullable String authority,
        boolean verifies,
        @Nullable String serverName,
        List<KeyManager> keys,
        Credentials credentials,
        @Nullable URI proxy) {

    Cluster {
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(server, "server");
        Objects.requireNonNull(namespace, "namespace");
        keys = List.copyOf(keys);
        Objects.requireNonNull(credentials, "credentials");
    }

    Cluster inNamespace(String other) {
        return new Cluster(source, server, other, authority, verifies, serverName, keys, credentials, proxy);
    }

    /**
     * A client of its own, with connections of its own; nothing is static. Each request sets its deadline itself.
     *
     * @throws IOException if certificates or keys cannot be used
     */
    OkHttpClient client() throws IOException {
        OkHttpClient.Builder builder = new OkHttpClient.Builder();
        // Not the generated client: it reads the models of every kind of object before its first request.
        Trust trust = Trust.of(authority, verifies, keys);
        builder.sslSocketFactory(trust.factory(), trust.manager());
        if (!verifies) {
            builder.hostnameVerifier((host, session) -> true);
        } else if (serverName != null) {
            HostnameVerifier usual = new OkHttpClient().hostnameVerifier();
            builder.hostnameVerifier((host, session) -> usual.verify(serverName, session));
        }
        builder.dispatcher(new Dispatcher())
                .connectionPool(new ConnectionPool(32, 60, TimeUnit.SECONDS))
                // One request a connection: it can be cut off by closing it, and nobody else's goes with it.
                .protocols(List.of(Protocol.HTTP_1_1))
                .followRedirects(false)
                .retryOnConnectionFailure(false)
                .connectTimeout(0, TimeUnit.MILLISECONDS)
                .readTimeout(0, TimeUnit.MILLISECONDS)
                .writeTimeout(0, TimeUnit.MILLISECONDS)
                .callTimeout(0, TimeUnit.MILLISECONDS)
                .pingInterval(0, TimeUnit.MILLISECONDS);
        if (proxy != null) {
            builder.proxy(new Proxy(
                    proxy.getScheme().startsWith("socks") ? Proxy.Type.SOCKS : Proxy.Type.HTTP,
                    new InetSocketAddress(proxy.getHost(), proxy.getPort() < 0 ? 80 : proxy.getPort())));
        }
        return builder.build();
    }

    URI uri() {
        return URI.create(server);
    }

    /** Without anything that is secret. */
    @Override
    public String toString() {
        return server + " (" + source + ", namespace " + namespace + ")";
    }
}
