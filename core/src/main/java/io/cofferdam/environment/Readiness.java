package io.cofferdam.environment;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * What has to be true before {@link IsolatedEnvironment#start()} returns. A plain value; the waiting itself is driven by
 * the engine's events and by probes that begin at once and are spaced adaptively.
 */
public sealed interface Readiness {

    /**
     * What fits the specification: its health check where it has one, else its published TCP ports, else that it runs.
     * The default.
     *
     * @return the condition
     */
    static Readiness byDefault() {
        return Default.INSTANCE;
    }

    /**
     * The main process was started. It may end at once all the same; {@link IsolatedEnvironment#awaitExit} tells how, and
     * {@link #uptime} waits for one that keeps running.
     *
     * @return the condition
     */
    static Readiness running() {
        return Running.INSTANCE;
    }

    /**
     * The software inside accepts connections on a TCP port.
     *
     * @param port the port inside, 1 to 65535
     * @return the condition
     */
    static Readiness port(int port) {
        return new Probed(Probe.tcp(port));
    }

    /**
     * A {@code GET} request is answered with a status from 200 to 399.
     *
     * @param port the port inside, 1 to 65535
     * @param path the request path, beginning with a slash
     * @return the condition
     */
    static Readiness http(int port, String path) {
        return new Probed(Probe.http(port, path));
    }

    /**
     * A probe says yes, for example a request whose answer has to have a certain content.
     *
     * <pre>{@code
     * Readiness.probe(Probe.https(8443, "/health").trustingAll().withStatus(200).withBody("\"status\":\\s*\"UP\""))
     * }</pre>
     *
     * @param probe the probe
     * @return the condition
     */
    static Readiness probe(Probe probe) {
        return new Probed(probe);
    }

    /**
     * A command inside exits with 0.
     *
     * @param command the program and its arguments
     * @return the condition
     */
    static Readiness command(String... command) {
        return new Probed(Probe.command(command));
    }

    /**
     * A line of the output, either stream, written since this start contains a match of a regular expression.
     *
     * @param regex the expression, as {@link java.util.regex.Pattern} reads it
     * @return the condition
     */
    static Readiness log(String regex) {
        return new Log(regex, 1);
    }

    /**
     * As {@link #log(String)}, but as many lines have to match: for software that says the same once more when it is
     * really up.
     *
     * @param regex the expression, as {@link java.util.regex.Pattern} reads it
     * @param times how many lines, at least 1
     * @return the condition
     */
    static Readiness log(String regex, int times) {
        return new Log(regex, times);
    }

    /**
     * The health check says yes: the specification's own, or that of the image.
     *
     * @return the condition
     */
    static Readiness healthy() {
        return Healthy.INSTANCE;
    }

    /**
     * It has been running for a while without a break.
     *
     * @param duration 0 or more
     * @return the condition
     */
    static Readiness uptime(Duration duration) {
        return new Uptime(duration);
    }

    /**
     * All of several conditions hold.
     *
     * @param conditions at least one
     * @return the condition
     */
    static Readiness allOf(Readiness... conditions) {
        return new AllOf(List.of(conditions));
    }

    /**
     * One of several conditions holds.
     *
     * @param conditions at least one
     * @return the condition
     */
    static Readiness anyOf(Readiness... conditions) {
        return new AnyOf(List.of(conditions));
    }

    /** What fits the specification. */
    enum Default implements Readiness {
        /** The only one. */
        INSTANCE
    }

    /** The main process was started. */
    enum Running implements Readiness {
        /** The only one. */
        INSTANCE
    }

    /** The health check says yes. */
    enum Healthy implements Readiness {
        /** The only one. */
        INSTANCE
    }

    /**
     * A probe says yes.
     *
     * @param probe the probe
     */
    record Probed(Probe probe) implements Readiness {
        public Probed {
            Objects.requireNonNull(probe, "probe");
        }
    }

    /**
     * Lines of the output match.
     *
     * @param regex the regular expression
     * @param times how many lines have to match, at least 1
     */
    record Log(String regex, int times) implements Readiness {
        public Log {
            Objects.requireNonNull(regex, "regex");
        }
    }

    /**
     * It has been running for a while.
     *
     * @param duration 0 or more
     */
    record Uptime(Duration duration) implements Readiness {
        public Uptime {
            Objects.requireNonNull(duration, "duration");
        }
    }

    /**
     * All conditions hold.
     *
     * @param conditions at least one
     */
    record AllOf(List<Readiness> conditions) implements Readiness {
        public AllOf {
            conditions = List.copyOf(conditions);
        }
    }

    /**
     * One condition holds.
     *
     * @param conditions at least one
     */
    record AnyOf(List<Readiness> conditions) implements Readiness {
        public AnyOf {
            conditions = List.copyOf(conditions);
        }
    }
}
