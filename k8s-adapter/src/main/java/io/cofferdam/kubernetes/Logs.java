package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.LineSplitter;
import io.cofferdam.driver.LogSink;
import io.cofferdam.driver.LogTail;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
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
        if (!query.stdout()) {
            return;
        }
        new PodTail(id, query).read(follow, sink, deadline);
    }

    LogTail tail(String id, LogQuery query) {
        return new PodTail(id, query);
    }

    /**
     * A reading that remembers how many lines of each run it has passed: what pods have written only grows, and its order is
     * always the same, while the times of two streams that are kept as one need not be in that order.
     */
    private final class PodTail implements LogTail {

        private final String id;
        private final LogQuery query;
        private final Instant since;
        private final Map<Integer, Long> passed = new HashMap<>();
        private boolean begun;

        PodTail(String id, LogQuery query) {
            this.id = id;
            this.query = query;
            this.since = query.since().orElse(Instant.MIN);
        }

        @Override
        public void read(Consumer<LogLine> sink, Deadline deadline) {
            read(true, sink, deadline);
        }

        void read(boolean follow, Consumer<LogLine> sink, Deadline deadline) {
            Operation operation = operation(id);
            List<JsonNode> pods = pods(operation, id, deadline);
            OptionalInt wanted = query.tail();
            if (!begun && wanted.isPresent()) {
                last(operation, pods, wanted.getAsInt(), deadline).forEach(sink);
                if (!follow) {
                    return;
                }
            }
            begun = true;
            for (int i = 0; i < pods.size(); i++) {
                boolean follows = follow && i == pods.size() - 1;
                Logs.this.read(
                        operation, pods.get(i), follows, since, new News(Runs.number(pods.get(i)), sink), deadline);
            }
        }

        /** The last lines of what there is, after which everything there is has been passed. */
        private Deque<LogLine> last(Operation operation, List<JsonNode> pods, int wanted, Deadline deadline) {
            Deque<LogLine> lines = new ArrayDeque<>();
            Map<Integer, Long> counts = new HashMap<>();
            for (JsonNode pod : pods) {
                Consumer<LogLine> counting = line -> {
                    counts.merge(Runs.number(pod), 1L, Long::sum);
                    lines.addLast(line);
                    if (lines.size() > wanted) {
                        lines.removeFirst();
                    }
                };
                Logs.this.read(operation, pod, false, since, counting, deadline);
            }
            passed.putAll(counts);
            begun = true;
            return lines;
        }

        /** Leaves out what was passed before. */
        private final class News implements Consumer<LogLine> {

            private final int run;
            private final Consumer<LogLine> sink;
            private final long old;
            private long seen;

            News(int run, Consumer<LogLine> sink) {
                this.run = run;
                this.sink = sink;
                this.old = passed.getOrDefault(run, 0L);
            }

            @Override
            public void accept(LogLine line) {
                seen++;
                if (seen > old) {
                    passed.put(run, seen);
                    sink.accept(line);
                }
            }
        }
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
