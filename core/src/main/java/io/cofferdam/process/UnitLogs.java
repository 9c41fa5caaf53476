package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.LineSplitter;
import io.cofferdam.driver.LogSink;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.OperationInterruptedException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Reads what a main process wrote. */
final class UnitLogs {

    private static final int PIECE = 64 * 1024;

    /** How long a follower waits for a notification before it looks whether the process is still there. */
    private static final long LOOK_MILLIS = 200;

    private final DirectoryWatch directories;
    private final LogKeeper keeper;

    UnitLogs(DirectoryWatch directories, LogKeeper keeper) {
        this.directories = directories;
        this.keeper = keeper;
    }

    /** Takes a piece of a stream with the time at which it was written. */
    @FunctionalInterface
    private interface Taker {
        void take(LogTimes.Part part, byte[] bytes, int length) throws IOException;
    }

    void copy(UnitDirectory unit, LogQuery query, LogSink sink, Deadline deadline, String what) throws IOException {
        List<LogTimes.Part> parts = parts(unit, query, new EnumMap<>(LogLine.Stream.class));
        Map<LogLine.Stream, Long> from = new EnumMap<>(LogLine.Stream.class);
        if (query.tail().isPresent() || query.since().isPresent()) {
            LineStarts starts = new LineStarts(query);
            each(unit, parts, deadline, what, starts);
            from.putAll(starts.selected());
        }
        boolean all = query.tail().isEmpty() && query.since().isEmpty();
        for (LogTimes.Part part : parts) {
            long begin = Math.max(part.from(), all ? 0 : from.getOrDefault(part.stream(), Long.MAX_VALUE));
            if (begin < part.to()) {
                LogTimes.Part wanted = new LogTimes.Part(part.stream(), begin, part.to(), part.at());
                each(
                        unit,
                        List.of(wanted),
                        deadline,
                        what,
                        (piece, bytes, length) -> sink.accept(piece.stream(), bytes, 0, length));
            }
        }
    }

    /** Finds where the lines begin that a query asks for. */
    private static final class LineStarts implements Taker {
        private record Start(LogLine.Stream stream, long offset) {}

        private final LogQuery query;
        private final Deque<Start> starts = new ArrayDeque<>();
        private final Map<LogLine.Stream, Boolean> inLine = new EnumMap<>(LogLine.Stream.class);
        private final Map<LogLine.Stream, Long> reached = new EnumMap<>(LogLine.Stream.class);
        private final Map<LogLine.Stream, Long> first = new EnumMap<>(LogLine.Stream.class);

        LineStarts(LogQuery query) {
            this.query = query;
        }

        @Override
        public void take(LogTimes.Part part, byte[] bytes, int length) {
            LogLine.Stream stream = part.stream();
            long offset = Math.max(part.from(), reached.getOrDefault(stream, 0L));
            for (int i = 0; i < length; i++) {
                if (!inLine.getOrDefault(stream, false)) {
                    begin(new Start(stream, offset + i), part.at());
                }
                inLine.put(stream, bytes[i] != '\n');
            }
            reached.put(stream, offset + length);
        }

        private void begin(Start start, Instant at) {
            if (query.since().filter(at::isBefore).isPresent()) {
                return;
            }
            starts.add(start);
            if (query.tail().isEmpty()) {
                first.putIfAbsent(start.stream(), start.offset());
                starts.clear();
            } else if (starts.size() > query.tail().getAsInt()) {
                starts.remove();
            }
        }

        Map<LogLine.Stream, Long> selected() {
            starts.forEach(start -> first.putIfAbsent(start.stream(), start.offset()));
            return first;
        }
    }

    /**
     * Delivers lines.
     *
     * @param ended whether the environment's main process has ended, or never ran
     */
    @SuppressWarnings("try") // The watches are there to be closed.
    void lines(
            UnitDirectory unit,
            LogQuery query,
            boolean follow,
            Consumer<LogLine> sink,
            BooleanSupplier ended,
            Deadline deadline,
            String what)
            throws IOException {
        if (follow) {
            new Tail(unit, query, ended, what).read(sink, deadline);
        } else {
            past(unit, query, sink, true, deadline, what);
        }
    }

    /**
     * A reading that is taken up where it was left.
     *
     * @param ended whether the environment's main process has ended, or never ran
     */
    Tail tail(UnitDirectory unit, LogQuery query, BooleanSupplier ended, String what) {
        return new Tail(unit, query, ended, what);
    }

    /** How far somebody has read an environment's output: files grow over runs, so places in them are enough. */
    final class Tail {
        private final UnitDirectory unit;
        private final LogQuery query;
        private final BooleanSupplier ended;
        private final String what;

        @Nullable
        private Follower follower;

        private Tail(UnitDirectory unit, LogQuery query, BooleanSupplier ended, String what) {
            this.unit = unit;
            this.query = query;
            this.ended = ended;
            this.what = what;
        }

        @SuppressWarnings("try") // The watches are there to be closed.
        void read(Consumer<LogLine> sink, Deadline deadline) throws IOException {
            Semaphore news = new Semaphore(0);
            try (Watch logs = directories.on(unit.logs(), name -> wake(news));
                    Watch states = directories.on(unit.path(), name -> wake(news));
                    OpenLogs open = new OpenLogs(unit, query)) {
                boolean over = ended.getAsBoolean();
                Follower reader = follower;
                if (reader == null) {
                    reader = past(unit, query, sink, over, deadline, what);
                    follower = reader;
                } else {
                    reader.sink = sink;
                    reader.readOn(open);
                }
                while (!over) {
                    await(news, deadline, what);
                    // Asked before reading, so that what was written before the end is read after it.
                    over = ended.getAsBoolean();
                    reader.readOn(open);
                }
                reader.end();
            }
        }
    }

    private static void wake(Semaphore news) {
        if (news.availablePermits() == 0) {
            news.release();
        }
    }

    private static void await(Semaphore news, Deadline deadline, String what) {
        Trees.check(deadline, what);
        try {
            if (news.tryAcquire(
                    Math.min(deadline.remainingNanos(), TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS)),
                    TimeUnit.NANOSECONDS)) {
                news.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        }
    }

    private Follower past(
            UnitDirectory unit, LogQuery query, Consumer<LogLine> sink, boolean whole, Deadline deadline, String what)
            throws IOException {
        Deque<LogLine> tail = new ArrayDeque<>();
        Follower follower = new Follower(unit, query, deadline, what, line -> {
            if (query.since().filter(line.at()::isBefore).isPresent()) {
                return;
            }
            if (query.tail().isEmpty()) {
                sink.accept(line);
            } else {
                tail.add(line);
                if (tail.size() > query.tail().getAsInt()) {
                    tail.remove();
                }
            }
        });
        each(unit, parts(unit, query, follower.reached), deadline, what, follower);
        if (whole) {
            follower.end();
        }
        tail.forEach(sink);
        follower.sink = sink;
        return follower;
    }

    /** Turns the pieces of both streams into lines, each stream from where it got to. */
    private final class Follower implements Taker {
        private final UnitDirectory unit;
        private final Deadline deadline;
        private final String what;
        private final Map<LogLine.Stream, LineSplitter> splitters = new EnumMap<>(LogLine.Stream.class);
        private final Map<LogLine.Stream, Long> reached = new EnumMap<>(LogLine.Stream.class);
        private Consumer<LogLine> sink;

        Follower(UnitDirectory unit, LogQuery query, Deadline deadline, String what, Consumer<LogLine> sink) {
            this.unit = unit;
            this.deadline = deadline;
            this.what = what;
            this.sink = sink;
            for (LogLine.Stream stream : streams(query)) {
                splitters.put(stream, new LineSplitter(stream, line -> this.sink.accept(line)));
            }
        }

        @Override
        public void take(LogTimes.Part part, byte[] bytes, int length) {
            splitter(part.stream()).accept(part.at(), bytes, 0, length);
        }

        private LineSplitter splitter(LogLine.Stream stream) {
            LineSplitter splitter = splitters.get(stream);
            if (splitter == null) {
                throw new IllegalArgumentException("not asked for " + stream);
            }
            return splitter;
        }

        void readOn(OpenLogs open) throws IOException {
            for (LogLine.Stream stream : splitters.keySet()) {
                Path log = unit.log(stream);
                open.open(stream);
                if (!Files.exists(log)) {
                    removed(stream, open);
                    continue;
                }
                LogTimes.Extent extent = keeper.note(unit, stream);
                long from = reached.getOrDefault(stream, 0L);
                // A log that shrank was begun anew, and one may have been cut at its beginning.
                from = extent.size() < from ? 0 : Math.max(from, LogKeeper.beginning(log));
                if (from < extent.size()) {
                    each(
                            unit,
                            List.of(new LogTimes.Part(stream, from, extent.size(), extent.at())),
                            deadline,
                            what,
                            this);
                }
                reached.put(stream, extent.size());
            }
        }

        /** The environment was removed before its log was read to the end: the open file still has it. */
        private void removed(LogLine.Stream stream, OpenLogs open) throws IOException {
            long from = reached.getOrDefault(stream, 0L);
            long to = open.size(stream);
            if (from < to) {
                LogTimes.Part rest = new LogTimes.Part(stream, from, to, Instant.now());
                open.read(rest, this);
                reached.put(stream, to);
            }
        }

        void end() {
            splitters.values().forEach(LineSplitter::end);
        }
    }

    /** The files of a log, held open so that a removal takes nothing away that is still to be read. */
    private static final class OpenLogs implements AutoCloseable {
        private final UnitDirectory unit;
        private final Map<LogLine.Stream, RandomAccessFile> files = new EnumMap<>(LogLine.Stream.class);

        OpenLogs(UnitDirectory unit, LogQuery query) throws IOException {
            this.unit = unit;
            for (LogLine.Stream stream : streams(query)) {
                open(stream);
            }
        }

        void open(LogLine.Stream stream) throws IOException {
            Path log = unit.log(stream);
            if (!files.containsKey(stream) && Files.exists(log)) {
                try {
                    files.put(stream, new RandomAccessFile(log.toFile(), "r"));
                } catch (FileNotFoundException removed) {
                    // There is nothing to hold any more.
                    return;
                }
            }
        }

        long size(LogLine.Stream stream) throws IOException {
            RandomAccessFile file = files.get(stream);
            return file == null ? 0 : file.length();
        }

        void read(LogTimes.Part part, Taker taker) throws IOException {
            RandomAccessFile file = files.get(part.stream());
            byte[] bytes = new byte[PIECE];
            long left = part.to() - part.from();
            if (file != null) {
                file.seek(part.from());
            }
            while (file != null && left > 0) {
                int length = file.read(bytes, 0, (int) Math.min(left, PIECE));
                if (length < 0) {
                    return;
                }
                taker.take(part, bytes, length);
                left -= length;
            }
        }

        @Override
        public void close() throws IOException {
            for (RandomAccessFile file : files.values()) {
                file.close();
            }
        }
    }

    private static List<LogLine.Stream> streams(LogQuery query) {
        List<LogLine.Stream> streams = new ArrayList<>(2);
        if (query.stdout()) {
            streams.add(LogLine.Stream.STDOUT);
        }
        if (query.stderr()) {
            streams.add(LogLine.Stream.STDERR);
        }
        return streams;
    }

    /** All there is, in the order of time, and up to where that is. */
    private List<LogTimes.Part> parts(UnitDirectory unit, LogQuery query, Map<LogLine.Stream, Long> reached)
            throws IOException {
        List<LogTimes.Part> parts = new ArrayList<>();
        for (LogLine.Stream stream : streams(query)) {
            Path log = unit.log(stream);
            LogTimes.Extent extent = keeper.note(unit, stream);
            parts.addAll(LogTimes.parts(stream, log, LogKeeper.beginning(log), extent));
            reached.put(stream, extent.size());
        }
        // Stable, so that each stream keeps its own order.
        parts.sort(Comparator.comparing(LogTimes.Part::at));
        return parts;
    }

    private static void each(UnitDirectory unit, List<LogTimes.Part> parts, Deadline deadline, String what, Taker taker)
            throws IOException {
        byte[] bytes = new byte[PIECE];
        Map<LogLine.Stream, RandomAccessFile> files = new EnumMap<>(LogLine.Stream.class);
        try {
            for (LogTimes.Part part : parts) {
                RandomAccessFile file = files.get(part.stream());
                if (file == null) {
                    Path log = unit.log(part.stream());
                    if (!Files.exists(log)) {
                        continue;
                    }
                    file = new RandomAccessFile(log.toFile(), "r");
                    files.put(part.stream(), file);
                }
                file.seek(part.from());
                long left = part.to() - part.from();
                while (left > 0) {
                    Trees.check(deadline, what);
                    int length = file.read(bytes, 0, (int) Math.min(left, PIECE));
                    if (length < 0) {
                        break;
                    }
                    taker.take(part, bytes, length);
                    left -= length;
                }
            }
        } finally {
            for (RandomAccessFile file : files.values()) {
                file.close();
            }
        }
    }
}
