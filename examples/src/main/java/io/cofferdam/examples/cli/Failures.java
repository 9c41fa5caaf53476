package io.cofferdam.examples.cli;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Turns failures into what a person or a program reads on the standard error; never into a stack trace, but for debugging. */
final class Failures {

    private final Terminal terminal;

    Failures(Terminal terminal) {
        this.terminal = terminal;
    }

    /** Tells of a failure and gives the exit code for it. */
    int tell(Throwable failure, boolean json, boolean debug) {
        if (json) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("error", document(failure));
            terminal.err().println(Json.line(document));
        } else {
            terminal.err().println("cofferdam: " + Text.visibleLines(message(failure)));
            if (failure instanceof ParameterException bad) {
                CommandLine command = bad.getCommandLine();
                terminal.err().println("Try '" + command.getCommandSpec().qualifiedName() + " --help'.");
            }
        }
        if (debug) {
            failure.printStackTrace(terminal.err());
        }
        return ExitCode.of(failure);
    }

    /** The failure as the value of {@code error} in JSON output. */
    static Map<String, @Nullable Object> document(Throwable failure) {
        Map<String, @Nullable Object> error = Json.object();
        error.put("kind", kind(failure));
        error.put("message", message(failure));
        List<Problem> problems = failure instanceof InvalidInputException invalid ? invalid.problems() : List.of();
        error.put("problems", problems.stream().map(Failures::document).toList());
        return error;
    }

    static String message(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof CofferdamException || failure instanceof ParameterException) {
            return message == null ? kind(failure) : message;
        }
        String name = failure.getClass().getSimpleName();
        return "internal error: " + name + (message == null ? "" : ": " + message) + "; run with --debug to see where";
    }

    /** {@code NotFoundException} → {@code not-found}. */
    static String kind(Throwable failure) {
        if (failure instanceof ParameterException) {
            return "usage";
        }
        if (failure.getClass() == CofferdamException.class) {
            return "failed";
        }
        if (!(failure instanceof CofferdamException)) {
            return "internal";
        }
        return failure.getClass()
                .getSimpleName()
                .replaceFirst("Exception$", "")
                .replaceAll("(?<=.)(?=[A-Z])", "-")
                .toLowerCase(Locale.ROOT);
    }

    private static Map<String, @Nullable Object> document(Problem problem) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("where", problem.where());
        document.put("what", problem.what());
        document.put("remedy", problem.remedy());
        return document;
    }
}
