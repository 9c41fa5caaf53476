package io.cofferdam.environment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One question to an environment whose answer is yes, or no with a reason. */
public sealed interface Probe {

    /**
     * Runs a command inside; exit code 0 is a yes.
     *
     * @param command the program and its arguments, at least the program
     * @return the probe
     */
    static Probe command(String... command) {
        return new Command(List.of(command));
    }

    /**
     * Connects to a port inside; an accepted connection is a yes.
     *
     * @param port the port inside, 1 to 65535
     * @return the probe
     */
    static Probe tcp(int port) {
        return new Tcp(port);
    }

    /**
     * Sends {@code GET} to a port inside; a status from 200 to 399 is a yes, unless the probe is told to expect something
     * else. Redirects are not followed.
     *
     * @param port the port inside, 1 to 65535
     * @param path the request path, beginning with a slash
     * @return the probe
     */
    static Http http(int port, String path) {
        return new Http(port, path);
    }

    /**
     * Sends {@code GET} by TLS to a port inside; a status from 200 to 399 is a yes. The server's certificate has to be one
     * that this JVM trusts, for the address that is asked, unless {@link Http#trustingAll()} says otherwise.
     *
     * @param port the port inside, 1 to 65535
     * @param path the request path, beginning with a slash
     * @return the probe
     */
    static Http https(int port, String path) {
        return new Http(port, path, Http.Scheme.HTTPS, Http.USUAL, Map.of(), null);
    }

    /**
     * A command inside.
     *
     * @param command the program and its arguments
     */
    record Command(List<String> command) implements Probe {
        public Command {
            command = List.copyOf(command);
        }
    }

    /**
     * A connection to a port inside.
     *
     * @param port the port inside
     */
    record Tcp(int port) implements Probe {}

    /**
     * A request to a port inside and what its answer has to be like. All that is expected has to hold.
     *
     * @param port the port inside
     * @param path the request path
     * @param scheme whether and how the connection is encrypted
     * @param statuses the statuses that are a yes, at least one range
     * @param headers regular expressions by the name of a header, of which a value has to contain a match
     * @param bodyRegex a regular expression of which the first {@link #BODY_LIMIT} bytes of the content, read as UTF-8,
     *     have to contain a match; null if the content does not matter
     */
    record Http(
            int port,
            String path,
            Scheme scheme,
            List<StatusRange> statuses,
            Map<String, String> headers,
            @Nullable String bodyRegex)
            implements Probe {

        /** How much of an answer's content is looked at: 1 MiB. */
        public static final int BODY_LIMIT = 1024 * 1024;

        private static final List<StatusRange> USUAL = List.of(new StatusRange(200, 399));

        /** How a request travels. */
        public enum Scheme {
            /** Not encrypted. */
            HTTP,
            /** By TLS, to a server whose certificate this JVM trusts. */
            HTTPS,
            /** By TLS, to whatever server answers: neither its certificate nor its name is checked. */
            HTTPS_TRUSTING_ALL
        }

        /**
         * Statuses from one to another.
         *
         * @param from the lowest, 100 to 599
         * @param to the highest, not below the lowest
         */
        public record StatusRange(int from, int to) {

            /**
             * Whether a status is in it.
             *
             * @param status the status
             * @return true if it is
             */
            public boolean contains(int status) {
                return status >= from && status <= to;
            }

            @Override
            public String toString() {
                return from == to ? Integer.toString(from) : from + " to " + to;
            }
        }

        public Http {
            Objects.requireNonNull(path, "path");
            Objects.requireNonNull(scheme, "scheme");
            statuses = List.copyOf(statuses);
            headers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(headers));
        }

        /**
         * A request that is not encrypted, for which a status from 200 to 399 is a yes.
         *
         * @param port the port inside
         * @param path the request path
         */
        public Http(int port, String path) {
            this(port, path, Scheme.HTTP, USUAL, Map.of(), null);
        }

        /**
         * This probe, but only these statuses are a yes.
         *
         * @param status at least one
         * @return the new probe
         */
        public Http withStatus(int... status) {
            List<StatusRange> wanted = java.util.Arrays.stream(status)
                    .mapToObj(one -> new StatusRange(one, one))
                    .toList();
            return new Http(port, path, scheme, wanted, headers, bodyRegex);
        }

        /**
         * This probe, but only statuses from one to another are a yes.
         *
         * @param from the lowest
         * @param to the highest
         * @return the new probe
         */
        public Http withStatusRange(int from, int to) {
            return new Http(port, path, scheme, List.of(new StatusRange(from, to)), headers, bodyRegex);
        }

        /**
         * This probe, with a further header that is expected.
         *
         * @param name its name, in any case
         * @param regex a regular expression of which one of its values has to contain a match
         * @return the new probe
         */
        public Http withHeader(String name, String regex) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(regex, "regex"));
            return new Http(port, path, scheme, statuses, more, bodyRegex);
        }

        /**
         * This probe, with content that is expected.
         *
         * @param regex a regular expression of which the content has to contain a match
         * @return the new probe
         */
        public Http withBody(String regex) {
            return new Http(port, path, scheme, statuses, headers, Objects.requireNonNull(regex, "regex"));
        }

        /**
         * This probe by TLS, without checking whose certificate it is: for servers with a certificate of their own making.
         *
         * @return the new probe
         */
        public Http trustingAll() {
            return new Http(port, path, Scheme.HTTPS_TRUSTING_ALL, statuses, headers, bodyRegex);
        }

        /**
         * What the content has to contain.
         *
         * @return empty if it does not matter
         */
        public Optional<String> body() {
            return Optional.ofNullable(bodyRegex);
        }
    }
}
