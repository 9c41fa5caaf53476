package io.cofferdam.examples.cli;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.PicocliException;

/** Finds every mistake of a command line where the parser stops at the first. */
final class Mistakes {

    private Mistakes() {}

    /**
     * One exception for all mistakes.
     *
     * @param first the mistake the parser stopped at, or one it has nothing to do with
     * @param fresh a parser that has read nothing yet
     * @param args the command line
     */
    static ParameterException all(ParameterException first, CommandLine fresh, String... args) {
        collect(fresh);
        Set<String> messages = new LinkedHashSet<>();
        try {
            for (ParseResult part = fresh.parseArgs(args); part != null; part = part.subcommand()) {
                part.errors().forEach(error -> messages.add(String.valueOf(error.getMessage())));
            }
        } catch (PicocliException stopped) {
            return first;
        }
        messages.remove(String.valueOf(first.getMessage()));
        if (messages.isEmpty()) {
            return first;
        }
        String others = messages.stream().map(message -> "\n  - " + message).collect(Collectors.joining());
        return new ParameterException(
                first.getCommandLine(),
                (messages.size() + 1) + " mistakes:\n  - " + first.getMessage() + others,
                first);
    }

    private static void collect(CommandLine command) {
        command.getCommandSpec().parser().collectErrors(true);
        command.getSubcommands().values().forEach(Mistakes::collect);
    }
}
