package io.cofferdam.examples.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/**
 * Everything outside the program that a command may read from or write to.
 *
 * @param in the standard input
 * @param out the standard output, for results
 * @param err the standard error, for everything said to a person
 * @param inIsTerminal whether a person types the input
 * @param outIsTerminal whether a person reads the output
 * @param errIsTerminal whether a person reads the standard error
 * @param variables the environment variables
 * @param home the folder of the examples, with the sources of the example stack
 */
record Terminal(
        InputStream in,
        PrintStream out,
        PrintStream err,
        boolean inIsTerminal,
        boolean outIsTerminal,
        boolean errIsTerminal,
        Map<String, String> variables,
        Path home) {

    /** The real one. The launcher tells which streams are terminals, because Java cannot tell them apart. */
    static Terminal ofThisProcess() {
        String terminals = System.getProperty("cofferdam.terminals", "");
        return new Terminal(
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                terminals.contains("0"),
                terminals.contains("1"),
                terminals.contains("2"),
                System.getenv(),
                Path.of(System.getProperty("cofferdam.examples", "examples")));
    }

    /** Whether the output may be coloured: it is read by a person who did not say no (see no-color.org). */
    boolean colour() {
        return outIsTerminal
                && variables.getOrDefault("NO_COLOR", "").isEmpty()
                && !"dumb".equals(variables.get("TERM"));
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
