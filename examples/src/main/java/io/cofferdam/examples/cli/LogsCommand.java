package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.CofferdamException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** Shows what the main process of an environment wrote. */
@Command(name = "logs", description = "Shows what an environment wrote, each stream on its own; also after its end.")
final class LogsCommand extends EngineCommand {

    @Option(
            names = {"-f", "--follow"},
            description = "go on as it writes more, until it ends")
    private boolean follow;

    @Option(
            names = "--across-restarts",
            description = "with -f, go on over ends, restarts and updates until the environment is removed")
    private boolean acrossRestarts;

    @Option(names = "--tail", paramLabel = "N", description = "only the last N lines")
    @Nullable
    private Integer tail;

    @Option(names = "--since", paramLabel = "T", description = "from a time on: 10m ago, or 2026-01-31T08:00:00Z")
    @Nullable
    private String since;

    @Option(names = "--stream", paramLabel = "S", description = "only stdout or only stderr")
    @Nullable
    private String stream;

    @Parameters(paramLabel = "NAME", description = "the environment")
    private String name = "";

    private LogQuery query = LogQuery.all();

    @Override
    void check() {
        if (acrossRestarts) {
            if (!follow) {
                throw usage("--across-restarts is for -f; without it the log is shown as far as it goes");
            }
            query = query.acrossRestarts();
        }
        if (tail != null) {
            if (tail < 0) {
                throw usage("--tail " + tail + " is not 0 or more");
            }
            query = query.withTail(tail);
        }
        if (since != null) {
            query = query.withSince(time(since));
        }
        if (stream != null) {
            query = switch (stream) {
                case "stdout" -> query.only(LogLine.Stream.STDOUT);
                case "stderr" -> query.only(LogLine.Stream.STDERR);
                default -> throw usage("--stream is stdout or stderr, not '" + Text.visible(stream) + "'");
            };
        }
    }

    @Override
    int run(Orchestrator engine) {
        IsolatedEnvironment environment = engine.environments().get(name);
        if (follow) {
            return follow(environment);
        }
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("name", environment.name());
            document.put(
                    "lines",
                    environment.logs(query).stream().map(Documents::logLine).toList());
            print(document);
        } else {
            environment.copyLogs(query, terminal().out(), terminal().err());
            terminal().out().flush();
        }
        return ExitCode.DONE;
    }

    private int follow(IsolatedEnvironment environment) {
        try (LogFollower follower = environment.follow(query, new LogPrinter(terminal(), json(), () -> {}))) {
            follower.awaitEnd(Durations.FOREVER);
        } catch (CofferdamException failed) {
            if (!terminal().out().checkError()) {
                throw failed;
            }
            return ExitCode.FAILED; // nobody reads the output any more, so there is nobody to tell
        }
        return ExitCode.DONE;
    }

    private Instant time(String text) {
        if (text.matches("\\d{4}-.*")) {
            try {
                return Instant.parse(text);
            } catch (DateTimeException wrong) {
                throw usage(
                        "--since '" + Text.visible(text) + "' is no time; write it like 2026-01-31T08:00:00Z or 10m");
            }
        }
        try {
            return Instant.now().minus(new Durations().convert(text));
        } catch (TypeConversionException wrong) {
            throw usage("--since: " + wrong.getMessage());
        }
    }
}
