package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.NotFoundException;
import java.time.Clock;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A tail for engines that can be asked for lines from a time on. Times alone do not tell lines apart: several lines may
 * have the same. So of each stream it is remembered when the last line began and how many deliveries there were of lines
 * that began at that time; the next reading begins at that time and passes over as many. It relies on the times of one
 * stream not going back, and on an engine telling the same lines with the same times again.
 *
 * <p>An engine may end a reading that follows when the main process ends, and not when all of its lines are told (Docker Engine 20.10
 * does, under load). So what is there when following has ended is asked for once more.
 */
final class SeamTail implements LogTail {

    private static final Logger LOG = LoggerFactory.getLogger(SeamTail.class);

    private final EngineDriver driver;
    private final String id;
    private final LogQuery query;
    private final Clock clock;
    private final Map<LogLine.Stream, Seam> seams = new EnumMap<>(LogLine.Stream.class);

    /** From when on lines of a stream count of which none was delivered yet; null before the first reading. */
    @Nullable
    private Instant beginning;

    private boolean begun;

    SeamTail(EngineDriver driver, String id, LogQuery query, Clock clock) {
        this.driver = driver;
        this.id = id;
        this.query = query;
        this.clock = clock;
    }

    @Override
    public void read(Consumer<LogLine> sink, Deadline deadline) {
        if (!begun) {
            begun = true;
            // What the query leaves out must not be told by a later reading either. Without a tail that is what is
            // older
            // than its time; with one it is what is older than the first line of it.
            beginning =
                    query.tail().isPresent() ? clock.instant() : query.since().orElse(Instant.MIN);
            Pass first = new Pass(sink, query.tail().isPresent());
            driver.readLines(id, query, true, first, deadline);
        } else {
            driver.readLines(id, rest(), true, new Pass(sink, false), deadline);
        }
        try {
            driver.readLines(id, rest(), false, new Pass(sink, false), deadline);
        } catch (NotFoundException removed) {
            LOG.debug("'{}' was removed as it ended; its last lines may be lost with it", id);
        }
    }

    /** What was not delivered yet, with the last that was. */
    private LogQuery rest() {
        Instant from = from();
        return new LogQuery(query.stdout(), query.stderr(), null, from.equals(Instant.MIN) ? null : from);
    }

    private Instant from() {
        Instant from = Instant.MAX;
        for (LogLine.Stream stream : LogLine.Stream.values()) {
            if (stream == LogLine.Stream.STDOUT ? query.stdout() : query.stderr()) {
                Seam seam = seams.get(stream);
                Instant at = seam == null ? earliest() : seam.at;
                from = at.isBefore(from) ? at : from;
            }
        }
        return from;
    }

    private Instant earliest() {
        return beginning == null ? Instant.MIN : beginning;
    }

    /** Up to where a stream was delivered. */
    private static final class Seam {
        private final Instant at;

        /** How many deliveries there were of lines that began at that time. */
        private int deliveries;

        /** The text of the last delivery, if its line was not over. */
        @Nullable
        private String partial;

        Seam(Instant at) {
            this.at = at;
        }
    }

    /** One reading of one stream. */
    private static final class Progress {
        @Nullable
        private final Seam seam;

        private final int deliveriesBefore;
        private boolean inLine;
        private Instant lineAt = Instant.MIN;
        private int same;
        private boolean passed;

        Progress(@Nullable Seam seam) {
            this.seam = seam;
            this.deliveriesBefore = seam == null ? 0 : seam.deliveries;
        }
    }

    /** One reading: passes over what was delivered before. */
    private final class Pass implements Consumer<LogLine> {

        private final Consumer<LogLine> sink;
        private final Map<LogLine.Stream, Progress> streams = new EnumMap<>(LogLine.Stream.class);

        /** Whether the first line that comes is where the stream begins. */
        private boolean setsBeginning;

        Pass(Consumer<LogLine> sink, boolean setsBeginning) {
            this.sink = sink;
            this.setsBeginning = setsBeginning;
        }

        @Override
        public void accept(LogLine line) {
            if (setsBeginning) {
                setsBeginning = false;
                beginning = line.at().isBefore(earliest()) ? line.at() : beginning;
            }
            Progress progress = streams.computeIfAbsent(line.stream(), key -> new Progress(seams.get(key)));
            if (!progress.inLine) {
                progress.lineAt = line.at();
            }
            progress.inLine = !line.complete();
            Seam seam = progress.seam;
            if (seam == null || progress.passed) {
                if (seam != null || !progress.lineAt.isBefore(earliest())) {
                    note(line, progress.lineAt);
                    sink.accept(line);
                }
                return;
            }
            if (progress.lineAt.isBefore(seam.at)) {
                return;
            }
            if (progress.lineAt.equals(seam.at) && progress.same < progress.deliveriesBefore) {
                progress.same++;
                if (progress.same == progress.deliveriesBefore) {
                    goOn(line, seam);
                }
                return;
            }
            progress.passed = true;
            note(line, progress.lineAt);
            sink.accept(line);
        }

        /** The last line delivered had no end when its run ended; a later run may have continued it. */
        private void goOn(LogLine line, Seam seam) {
            String before = seam.partial;
            if (before == null || !line.text().startsWith(before)) {
                return;
            }
            if (line.complete() || line.text().length() > before.length()) {
                seam.partial = line.complete() ? null : line.text();
                sink.accept(
                        new LogLine(line.stream(), line.at(), line.text().substring(before.length()), line.complete()));
            }
        }

        private void note(LogLine line, Instant lineAt) {
            Seam seam = seams.get(line.stream());
            if (seam == null || !seam.at.equals(lineAt)) {
                seam = new Seam(lineAt);
                seams.put(line.stream(), seam);
            }
            seam.deliveries++;
            seam.partial = line.complete() ? null : line.text();
        }
    }
}
