package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.LogLine;
import java.util.function.Consumer;

/** A reading of one unit's output that can be taken up where it was left. Used by one thread at a time. */
@Experimental
@FunctionalInterface
public interface LogTail {

    /**
     * Delivers what no earlier call has delivered, then each further line until the present run of the unit ends and all of
     * it is delivered. Returns when the unit does not run and there is nothing more. After a call that failed the next one
     * goes on behind the last line that was delivered.
     *
     * @param sink gets the lines, from one thread; if it throws, the delivery ends with that
     * @param deadline until when
     * @throws io.cofferdam.error.NotFoundException if the unit does not exist (any more)
     */
    void read(Consumer<LogLine> sink, Deadline deadline);
}
