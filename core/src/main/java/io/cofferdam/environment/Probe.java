package io.cofferdam.environment;

import java.util.List;
import java.util.Objects;

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
     * Sends {@code GET} to a port inside; a status from 200 to 399 is a yes.
     *
     * @param port the port inside, 1 to 65535
     * @param path the request path, beginning with a slash
     * @return the probe
     */
    static Probe http(int port, String path) {
        return new Http(port, path);
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
     * A request to a port inside.
     *
     * @param port the port inside
     * @param path the request path
     */
    record Http(int port, String path) implements Probe {
        public Http {
            Objects.requireNonNull(path, "path");
        }
    }
}
