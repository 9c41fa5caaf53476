package io.cofferdam.driver;

import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where in an environment's log a run begins. The time of its start does not tell: engines note that when the main process
 * runs already, and by then it may have written.
 *
 * @param stdout how many lines of the standard output are of earlier runs
 * @param stderr how many lines of the standard error are
 * @param end when the run before it ended, for one whose lines were not counted before its start, else null
 */
record LogMark(int stdout, int stderr, @Nullable Instant end) {

    private static final LogMark BEGINNING = new LogMark(0, 0, null);

    /** The run before which nothing was written. */
    static LogMark beginning() {
        return BEGINNING;
    }

    /** The run after one that ended at a time; the only run if that is null. */
    static LogMark after(@Nullable Instant end) {
        return new LogMark(0, 0, end);
    }

    /** Whether a condition looks at the log at all. */
    static boolean isNeeded(Readiness readiness) {
        if (readiness instanceof Readiness.AllOf all) {
            return all.conditions().stream().anyMatch(LogMark::isNeeded);
        }
        if (readiness instanceof Readiness.AnyOf any) {
            return any.conditions().stream().anyMatch(LogMark::isNeeded);
        }
        return readiness instanceof Readiness.Log;
    }

    /** Counts what was written before a run. A last line without an end is not counted: the run may continue it. */
    static final class Counter implements Consumer<LogLine> {

        private int stdout;
        private int stderr;

        @Override
        public void accept(LogLine line) {
            if (line.complete()) {
                if (line.stream() == LogLine.Stream.STDOUT) {
                    stdout++;
                } else {
                    stderr++;
                }
            }
        }

        LogMark mark() {
            return new LogMark(stdout, stderr, null);
        }
    }

    LogQuery query() {
        return end == null ? LogQuery.all() : LogQuery.all().withSince(end);
    }

    /** Passes on what belongs to the run. */
    Consumer<LogLine> only(Consumer<LogLine> sink) {
        int[] left = {stdout, stderr};
        return line -> {
            int stream = line.stream() == LogLine.Stream.STDOUT ? 0 : 1;
            if (left[stream] == 0) {
                sink.accept(line);
            } else if (line.complete()) {
                left[stream]--;
            }
        };
    }
}
