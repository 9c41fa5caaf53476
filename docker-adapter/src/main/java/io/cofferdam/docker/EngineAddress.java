package io.cofferdam.docker;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where an engine listens.
 *
 * @param kind how it is reached
 * @param path the socket's or pipe's path; empty for TCP
 * @param host the host's name or address; empty for sockets and pipes
 * @param port the port; 0 for sockets and pipes
 * @param tlsDirectory the folder with {@code ca.pem}, {@code cert.pem} and {@code key.pem}, or null to speak plainly
 */
record EngineAddress(
        Kind kind,
        String path,
        String host,
        int port,
        @Nullable Path tlsDirectory) {

    /** How an engine is reached. */
    enum Kind {
        UNIX,
        TCP,
        NPIPE
    }

    private static final int PLAIN_PORT = 2375;
    private static final int TLS_PORT = 2376;

    /**
     * Reads {@code unix:///path}, {@code tcp://host:port}, {@code http(s)://host:port} or {@code npipe:////./pipe/name}.
     *
     * @throws IllegalArgumentException with a clause that says what is wrong
     */
    static EngineAddress parse(String text, @Nullable Path tlsDirectory) {
        int colon = text.indexOf("://");
        if (colon < 0) {
            throw new IllegalArgumentException("'" + text + "' is no address of an engine");
        }
        String rest = text.substring(colon + 3);
        return switch (text.substring(0, colon).toLowerCase(Locale.ROOT)) {
            case "unix" -> unix(absolute(text, rest));
            case "npipe" -> new EngineAddress(Kind.NPIPE, absolute(text, rest), "", 0, null);
            case "tcp", "http" -> tcp(text, rest, tlsDirectory);
            case "https" -> {
                if (tlsDirectory == null) {
                    throw new IllegalArgumentException(
                            "'" + text + "' asks for TLS, but no folder with certificates is set");
                }
                yield tcp(text, rest, tlsDirectory);
            }
            case "ssh" -> throw new IllegalArgumentException("connections through SSH are not supported");
            default -> throw new IllegalArgumentException("'" + text + "' is no address of an engine");
        };
    }

    static EngineAddress unix(String path) {
        return new EngineAddress(Kind.UNIX, path, "", 0, null);
    }

    private static String absolute(String text, String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("the path in '" + text + "' is not absolute");
        }
        return path;
    }

    private static EngineAddress tcp(String text, String rest, @Nullable Path tlsDirectory) {
        URI uri;
        try {
            uri = URI.create("tcp://" + rest);
        } catch (IllegalArgumentException malformed) {
            throw new IllegalArgumentException("'" + text + "' is no address of an engine", malformed);
        }
        String host = uri.getHost();
        if (host == null) {
            throw new IllegalArgumentException("there is no host in '" + text + "'");
        }
        int port = uri.getPort() > 0 ? uri.getPort() : tlsDirectory == null ? PLAIN_PORT : TLS_PORT;
        return new EngineAddress(Kind.TCP, "", host.replaceAll("[\\[\\]]", ""), port, tlsDirectory);
    }

    /** Whether what the engine publishes is published on this host. */
    boolean isLocal() {
        return kind != Kind.TCP;
    }

    boolean isTls() {
        return tlsDirectory != null;
    }

    /** The address as {@link #parse} reads it. */
    @Override
    public String toString() {
        return switch (kind) {
            case UNIX -> "unix://" + path;
            case NPIPE -> "npipe://" + path;
            case TCP -> "tcp://" + (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
        };
    }
}
