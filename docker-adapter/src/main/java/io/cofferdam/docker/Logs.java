package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.LogSink;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import java.time.Instant;
import java.util.function.Consumer;

/** Reads what main processes wrote. */
final class Logs {

    private final EngineHttp http;
    private final Containers containers;
    private final Names names;

    Logs(EngineHttp http, Containers containers, Names names) {
        this.http = http;
        this.containers = containers;
        this.names = names;
    }

    void copy(String id, LogQuery query, LogSink sink, Deadline deadline) {
        Operation operation = operation(id);
        boolean framed = !hasTerminal(operation, id, deadline);
        try (SinkGate gate = new SinkGate()) {
            read(operation, request(id, query, false, false), framed, gate.around(Frames.Sink.of(sink)), deadline);
        }
    }

    void lines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        Operation operation = operation(id);
        boolean framed = !hasTerminal(operation, id, deadline);
        TimedLines stdout = new TimedLines(LogLine.Stream.STDOUT, framed, sink);
        TimedLines stderr = new TimedLines(LogLine.Stream.STDERR, framed, sink);
        try (SinkGate gate = new SinkGate()) {
            Frames.Sink frames = gate.around((stream, first, bytes, offset, length) ->
                    (stream == LogLine.Stream.STDOUT ? stdout : stderr).accept(first, bytes, offset, length));
            read(operation, request(id, query, follow, true), framed, frames, deadline);
            stdout.end();
            stderr.end();
        }
    }

    private void read(Operation operation, HttpRequest request, boolean framed, Frames.Sink sink, Deadline deadline) {
        try {
            http.stream(operation, request, deadline, (reply, connection) -> {
                if (framed) {
                    Frames.read(reply.body(), sink);
                } else {
                    Frames.readUnframed(reply.body(), sink);
                }
                return true;
            });
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
    }

    /** Only the container's own settings tell whether its stream has frames: older engines do not say it with the stream. */
    private boolean hasTerminal(Operation operation, String id, Deadline deadline) {
        return containers
                .inspection(operation, id, deadline)
                .path("Config")
                .path("Tty")
                .asBoolean(false);
    }

    private static HttpRequest request(String id, LogQuery query, boolean follow, boolean stamps) {
        StringBuilder text = new StringBuilder("/logs?stdout=").append(query.stdout() ? 1 : 0);
        text.append("&stderr=").append(query.stderr() ? 1 : 0);
        text.append("&follow=").append(follow ? 1 : 0);
        text.append("&timestamps=").append(stamps ? 1 : 0);
        query.tail().ifPresent(lines -> text.append("&tail=").append(lines));
        query.since().ifPresent(since -> text.append("&since=").append(parameter(since)));
        return HttpRequest.get(Containers.path(id, text.toString()));
    }

    /** A time as the engine takes it. */
    static String parameter(Instant time) {
        return String.format("%d.%09d", time.getEpochSecond(), time.getNano());
    }

    private Operation operation(String id) {
        return Operation.of("read", "reading", "the logs of " + names.of(id));
    }
}
