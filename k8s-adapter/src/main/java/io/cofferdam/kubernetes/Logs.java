package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.LineSplitter;
import io.cofferdam.driver.LogSink;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads what main processes wrote, of all runs whose pods are still there, one after the other. A cluster does not tell
 * standard output and standard error apart: everything is told as standard output.
 */
final class Logs {

    private final Api api;
    private final Paths paths;
    private final Units units;

    Logs(Api api, Paths paths, Units units) {
        this.api = api;
        this.paths = paths;
        this.units = units;
    }

    private static Operation operation(String id) {
        return Operation.of("read", "reading", "the logs of '" + id + "'");
    }

    private List<JsonNode> pods(Operation operation, String id, Deadline deadline) {
        units.record(operation, id, deadline);
        return units.runs(operation, id, deadline).pods().stream()
                .filter(pod -> Runs.main(pod).phase() != Runs.Phase.WAITING
                        && !Runs.main(pod).container().isEmpty())
                .toList();
    }

    void copy(String id, LogQuery query, LogSink sink, Deadline deadline) {
        Operation operation = operation(id);
        if (!query.stdout()) {
            return;
        }
        boolean whole = query.tail().isEmpty() && query.since().isEmpty();
        if (whole) {
            for (JsonNode pod : pods(operation, id, deadline)) {
                read(
                        operation,
                        pod,
                        "",
                        deadline,
                        (bytes, length) -> sink.accept(LogLine.Stream.STDOUT, bytes, 0, length));
            }
            return;
        }
        lines(
                id,
                query,
                false,
                line -> {
                    byte[] text = (line.text() + (line.complete() ? "\n" : "")).getBytes(StandardCharsets.UTF_8);
                    try {
                        sink.accept(LogLine.Stream.STDOUT, text, 0, text.length);
                    } catch (IOException failure) {
                        throw new java.io.UncheckedIOException(failure);
                    }
                },
                deadline);
    }

    void lines(String id, LogQuery query, boolean follow, Consumer<LogLine> sink, Deadline deadline) {
        Operation operation = operation(id);
        if (!query.stdout()) {
            return;
        }
        List<JsonNode> pods = pods(operation, id, deadline);
        if (query.tail().isPresent()) {
            tail(operation, pods, query, follow, sink, deadline);
            return;
        }
        Instant since = query.since().orElse(Instant.MIN);
        for (int i = 0; i < pods.size(); i++) {
            boolean last = i == pods.size() - 1;
            read(operation, pods.get(i), follow && last, since, sink, deadline);
        }
    }

    /** The last lines of what there is, then what comes. */
    private void tail(
            Operation operation,
            List<JsonNode> pods,
            LogQuery query,
            boolean follow,
            Consumer<LogLine> sink,
            Deadline deadline) {
        int wanted = query.tail().orElse(0);
        Instant since = query.since().orElse(Instant.MIN);
        Deque<LogLine> lines = new ArrayDeque<>();
        for (JsonNode pod : pods) {
            read(
                    operation,
                    pod,
                    false,
                    since,
                    line -> {
                        lines.addLast(line);
                        if (lines.size() > wanted) {
                            lines.removeFirst();
                        }
                    },
                    deadline);
        }
        LogLine latest = lines.peekLast();
        lines.forEach(sink);
        if (!follow || pods.isEmpty()) {
            return;
        }
        Instant after = latest == null ? since : latest.at();
        read(
                operation,
                pods.get(pods.size() - 1),
                true,
                after,
                line -> {
                    if (latest == null || line.at().isAfter(latest.at())) {
                        sink.accept(line);
                    }
                },
                deadline);
    }

    /** Takes bytes as they come. */
    @FunctionalInterface
    private interface Bytes {
        void accept(byte[] bytes, int length) throws IOException;
    }

    private void read(
            Operation operation,
            JsonNode pod,
            boolean follow,
            Instant since,
            Consumer<LogLine> sink,
            Deadline deadline) {
        Stamped lines = new Stamped(since, sink);
        read(operation, pod, "&timestamps=true" + (follow ? "&follow=true" : ""), deadline, lines::accept);
        lines.end();
    }

    private void read(Operation operation, JsonNode pod, String options, Deadline deadline, Bytes sink) {
        String path = paths.pod(Marks.name(pod)) + "/log?container=" + UnitBody.MAIN + options;
        boolean[] givenUp = {false};
        try {
            api.stream(operation, path, deadline, in -> {
                copy(in, sink, givenUp);
                return true;
            });
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return; // an earlier run was forgotten meanwhile
            }
            throw Faults.of(operation, refusal);
        } finally {
            synchronized (givenUp) {
                givenUp[0] = true;
            }
        }
    }

    private static void copy(InputStream in, Bytes sink, boolean[] givenUp) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            // Nothing is delivered any more once the caller has gone.
            synchronized (givenUp) {
                if (givenUp[0]) {
                    throw new InterruptedIOException("given up");
                }
                sink.accept(buffer, count);
            }
        }
    }

    /** Takes the time off each line's beginning. */
    private static final class Stamped {

        private static final int LONGEST = 40;

        /** Container runtimes keep longer lines in pieces of this size, and some nodes put the time before each. */
        private static final int PIECE = 16 * 1024;

        private final Instant since;
        private final LineSplitter lines;
        private final ByteArrayOutputStream stamp = new ByteArrayOutputStream(LONGEST);
        private boolean inStamp = true;
        private boolean wanted = true;
        private int inPiece;
        private Instant at = Instant.EPOCH;

        Stamped(Instant since, Consumer<LogLine> sink) {
            this.since = since;
            this.lines = new LineSplitter(LogLine.Stream.STDOUT, sink);
        }

        void accept(byte[] bytes, int length) {
            int from = 0;
            while (from < length) {
                from = inStamp ? stamp(bytes, from, length) : content(bytes, from, length);
            }
        }

        private int stamp(byte[] bytes, int from, int end) {
            int next = from;
            while (next < end) {
                byte value = bytes[next++];
                if (value == ' ') {
                    Instant time = time();
                    if (time != null) {
                        at = time;
                        wanted = !at.isBefore(since);
                        stamp.reset();
                    } else {
                        stamp.write(' ');
                        text();
                    }
                    inStamp = false;
                    inPiece = 0;
                    return next;
                }
                stamp.write(value);
                if (value == '\n' || stamp.size() >= LONGEST) {
                    text();
                    inStamp = value == '\n';
                    inPiece = 0;
                    return next;
                }
            }
            return next;
        }

        private @Nullable Instant time() {
            try {
                return OffsetDateTime.parse(stamp.toString(StandardCharsets.US_ASCII))
                        .toInstant();
            } catch (DateTimeException none) {
                return null;
            }
        }

        /** What was taken for a time is output. */
        private void text() {
            byte[] text = stamp.toByteArray();
            stamp.reset();
            if (wanted && text.length > 0) {
                lines.accept(at, text, 0, text.length);
            }
        }

        private int content(byte[] bytes, int from, int end) {
            int to = from;
            int limit = Math.min(end, from + PIECE - inPiece);
            while (to < limit && bytes[to] != '\n') {
                to++;
            }
            if (to < limit) {
                to++;
                inStamp = true;
            } else {
                inPiece += to - from;
                inStamp = inPiece == PIECE;
            }
            if (wanted) {
                lines.accept(at, bytes, from, to - from);
            }
            return to;
        }

        void end() {
            text();
            lines.end();
        }
    }
}
