package io.cofferdam.examples.cli;

import io.cofferdam.environment.LogLine;
import java.io.PrintStream;
import java.util.function.Consumer;

/** Prints log lines as they come, each stream to its own; or as one JSON document a line. */
final class LogPrinter implements Consumer<LogLine> {

    private final Terminal terminal;
    private final boolean json;
    private final Runnable nobodyReads;

    /** Prints; when nobody reads the output any more, says so and fails. */
    LogPrinter(Terminal terminal, boolean json, Runnable nobodyReads) {
        this.terminal = terminal;
        this.json = json;
        this.nobodyReads = nobodyReads;
    }

    @Override
    public void accept(LogLine line) {
        if (json) {
            terminal.out().println(Json.line(Documents.logLine(line)));
        } else {
            PrintStream out = line.stream() == LogLine.Stream.STDOUT ? terminal.out() : terminal.err();
            out.print(line.complete() ? line.text() + "\n" : line.text());
            out.flush();
        }
        if (terminal.out().checkError()) {
            nobodyReads.run();
            throw new NobodyReadsException();
        }
    }

    /** The reader of our output went away, as in {@code cofferdam logs -f web | head}. */
    static final class NobodyReadsException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NobodyReadsException() {
            super("nobody reads the output any more");
        }
    }
}
