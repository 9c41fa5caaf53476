package io.cofferdam.environment;

import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Objects;

/**
 * Where a published port of an environment is reached from the host.
 *
 * @param port the port inside
 * @param protocol its protocol
 * @param host the host address to connect to
 * @param hostPort the host port to connect to
 */
public record Endpoint(int port, Protocol protocol, String host, int hostPort) {

    public Endpoint {
        Objects.requireNonNull(protocol, "protocol");
        Objects.requireNonNull(host, "host");
    }

    /**
     * The endpoint as a socket address.
     *
     * @return a resolved address
     */
    public InetSocketAddress address() {
        return new InetSocketAddress(host, hostPort);
    }

    /**
     * The endpoint as a URI.
     *
     * @param scheme for example {@code http}
     * @return {@code scheme://host:hostPort}
     */
    public URI uri(String scheme) {
        return URI.create(scheme + "://" + authority());
    }

    /** The endpoint as {@code host:hostPort}. */
    @Override
    public String toString() {
        return authority();
    }

    private String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + hostPort;
    }
}
