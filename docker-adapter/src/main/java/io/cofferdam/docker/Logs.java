package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.LogSink;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import java.io.IOException;
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
        Frames.Sink wanted = Frames.Sink.of(sink);
        LogQuery asked = query;
        if (countsBothStreams(query) && framed) {
            asked = withoutTail(query);
            wanted = new LinesSkipped(wanted, older(id, query, deadline));
        }
        try (SinkGate gate = new SinkGate()) {
            read(operation, request(id, asked, false, false), framed, gate.around(wanted), deadline);
        }
    }

    /**
     * Whether the engine would tell too little: it takes the last lines of both streams, then leaves out those of the one
     * that is not wanted.
     */
    private static boolean countsBothStreams(LogQuery query) {
        return query.tail().isPresent() && query.stdout() != query.stderr();
    }

    private static LogQuery withoutTail(LogQuery query) {
        return new LogQuery(query.stdout(), query.stderr(), null, query.since().orElse(null));
    }

    /** How many lines there are before the last ones that are wanted of one stream. */
    private long older(String id, LogQuery query, Deadline deadline) {
        LineCount lines = new LineCount();
        lines(id, withoutTail(query), false, lines, deadline);
        return Math.max(0, lines.begun - query.tail().orElse(0));
    }

    /** Counts lines that begin; long ones come in pieces, and the last one may have no end. */
    private static final class LineCount implements Consumer<LogLine> {
        private long begun;
        private boolean inLine;

        @Override
        public void accept(LogLine line) {
            begun += inLine ? 0 : 1;
            inLine = !line.complete();
        }
    }

    /** Leaves out the first lines of a stream. */
    private static final class LinesSkipped implements Frames.Sink {
        private final Frames.Sink rest;
        private long left;

        LinesSkipped(Frames.Sink rest, long lines) {
            this.rest = rest;
            this.left = lines;
        }

        @Override
        public void accept(LogLine.Stream stream, boolean first, byte[] bytes, int offset, int length)
                throws IOException {
            int from = offset;
            while (left > 0 && from < offset + length) {
                if (bytes[from++] == '\n') {
                    left--;
                }
            }
            if (from < offset + length) {
                rest.accept(stream, first, bytes, from, offset + length - from);
            }
        }
    }

    void lines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        Operation operation = operation(id);
        boolean framed = !hasTerminal(operation, id, deadline);
        if (countsBothStreams(query) && framed) {
            long[] left = {older(id, query, deadline)};
            lines(
                    id,
                    withoutTail(query),
                    follow,
                    line -> {
                        if (left[0] == 0) {
                            sink.accept(line);
                        } else if (line.complete()) {
                            left[0]--;
                        }
                    },
                    deadline);
            return;
        }
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
