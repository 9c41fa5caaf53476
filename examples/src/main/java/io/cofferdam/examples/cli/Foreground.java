package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An environment run like a program of one's own: its output here, its exit code ours, gone when it ends. */
final class Foreground {

    /** How long to wait for the last lines of an environment that ended. */
    private static final Duration LAST_LINES = Duration.ofSeconds(10);

    /** No exit code. */
    private static final int INTERRUPTED = -1;

    private final Orchestrator engine;
    private final Terminal terminal;
    private final boolean json;

    Foreground(Orchestrator engine, Terminal terminal, boolean json) {
        this.engine = engine;
        this.terminal = terminal;
        this.json = json;
    }

    int run(EnvironmentSpec spec) {
        // Closing removes it, if it is one of this session.
        try (IsolatedEnvironment environment = engine.environments().create(spec)) {
            start(environment);
            if (!json) {
                environment
                        .status()
                        .endpoints()
                        .forEach(endpoint -> terminal.err()
                                .println("cofferdam: port " + endpoint.port() + "/" + endpoint.protocol()
                                        + " is reached at " + endpoint));
            }
            int exitCode = watch(environment);
            if (json) {
                Map<String, @Nullable Object> end = Json.object();
                end.put("name", environment.name());
                end.put("exitCode", exitCode);
                terminal.out().println(Json.line(end));
            }
            return exitCode;
        }
    }

    private static void start(IsolatedEnvironment environment) {
        try {
            environment.start();
        } catch (StartFailedException over) {
            if (over.exitCode().isEmpty()) {
                throw over;
            }
            // It ran and was through before anybody looked: nothing unusual for a program.
        }
    }

    private int watch(IsolatedEnvironment environment) {
        // A program whose output nobody reads is stopped, as the system would do with one of our own.
        LogPrinter printer = new LogPrinter(terminal, json, environment::stop);
        boolean restarts = !environment.spec().restart().equals(RestartPolicy.never());
        Map<LogLine.Stream, Integer> printed = new EnumMap<>(LogLine.Stream.class);
        LogQuery query = restarts ? LogQuery.all().acrossRestarts() : LogQuery.all();
        int exitCode;
        try (LogFollower follower = environment.follow(query, line -> {
            printed.merge(line.stream(), 1, Integer::sum);
            printer.accept(line);
        })) {
            exitCode = awaitExit(environment);
            if (!restarts) {
                awaitLastLines(follower);
            }
        }
        if (restarts) {
            // Such a follower goes on for as long as the environment is there, so the rest is looked up.
            rest(environment, printed).forEach(printer);
        }
        if (exitCode == INTERRUPTED) {
            throw new OperationInterruptedException("interrupted", new InterruptedException());
        }
        return exitCode;
    }

    /** Waits for the end, or stops it on an interrupt. */
    private static int awaitExit(IsolatedEnvironment environment) {
        try {
            return environment.awaitExit(Durations.FOREVER);
        } catch (OperationInterruptedException ctrlC) {
            // The interrupt is answered here; left set it would cut the graceful stop short.
            Thread.interrupted();
            environment.stop();
            return INTERRUPTED;
        }
    }

    /** What was written and not printed yet. */
    private static List<LogLine> rest(IsolatedEnvironment environment, Map<LogLine.Stream, Integer> printed) {
        Map<LogLine.Stream, Integer> left = new EnumMap<>(printed);
        return environment.logs().stream()
                .filter(line -> left.merge(line.stream(), -1, Integer::sum) < 0)
                .toList();
    }

    private void awaitLastLines(LogFollower follower) {
        try {
            follower.awaitEnd(LAST_LINES);
        } catch (CofferdamException failed) {
            if (!terminal.out().checkError()) {
                throw failed;
            }
        }
    }
}
