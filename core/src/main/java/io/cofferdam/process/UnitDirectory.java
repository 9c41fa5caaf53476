package io.cofferdam.process;

import io.cofferdam.environment.LogLine;
import java.nio.file.Path;

/**
 * The directory of one environment.
 *
 * <pre>
 * unit.json     what it is, see {@link UnitRecord}; written last, so without it the directory is half-made
 * maker         the JVM that makes it, while it is half-made
 * root/         the directory its processes work in
 * logs/         stdout and stderr, and when what was written
 * run           its main process and the shim, see {@link Shim}
 * exit          the exit code of its main process
 * last.json     how the run before ended
 * paused        there while it is frozen
 * verdict.json  what the orchestrator found out, see {@code EngineDriver.remember}
 * claims/       who is changing it, who keeps its logs, who cares for it, see {@link Claim}
 * </pre>
 *
 * @param path the directory
 */
record UnitDirectory(Path path) {

    static final String RUN = "run";
    static final String EXIT = "exit";
    static final String UNIT = "unit.json";
    static final String PAUSED = "paused";

    String id() {
        return String.valueOf(path.getFileName());
    }

    Path unit() {
        return path.resolve(UNIT);
    }

    Path maker() {
        return path.resolve("maker");
    }

    Path root() {
        return path.resolve("root");
    }

    Path logs() {
        return path.resolve("logs");
    }

    Path log(LogLine.Stream stream) {
        return logs().resolve(stream == LogLine.Stream.STDOUT ? "stdout" : "stderr");
    }

    Path run() {
        return path.resolve(RUN);
    }

    Path exit() {
        return path.resolve(EXIT);
    }

    Path last() {
        return path.resolve("last.json");
    }

    Path paused() {
        return path.resolve(PAUSED);
    }

    Path verdict() {
        return path.resolve("verdict.json");
    }

    Path claims() {
        return path.resolve("claims");
    }
}
