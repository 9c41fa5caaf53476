package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.LogLine;
import java.util.List;
import java.util.stream.Collectors;

/** What an environment wrote, asked anew with each call. */
@Experimental
@FunctionalInterface
public interface EnvironmentLogs {

    /**
     * What it wrote so far.
     *
     * @return lines of both streams, oldest first
     */
    List<LogLine> lines();

    /**
     * What it wrote so far, as one text.
     *
     * @return its lines, each with a line end
     */
    default String text() {
        return lines().stream().map(line -> line.text() + "\n").collect(Collectors.joining());
    }
}
