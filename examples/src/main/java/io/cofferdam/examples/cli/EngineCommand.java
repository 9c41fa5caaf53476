package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.OperationInterruptedException;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that needs an open engine. The engine is closed afterwards, also when the program is interrupted. */
abstract class EngineCommand implements Callable<Integer> {

    @Spec
    @Nullable
    private CommandSpec command;

    @Override
    public final Integer call() {
        check();
        Integer done = withoutEngine();
        return done == null ? withEngine() : done;
    }

    private int withEngine() {
        try (Interrupts interrupts = Interrupts.ofCurrentThread()) {
            try (Orchestrator engine = root().open()) {
                return closingUninterrupted(engine);
            } catch (OperationInterruptedException ended) {
                if (interrupts.happened()) {
                    return ExitCode.INTERRUPTED;
                }
                throw ended;
            }
        }
    }

    /** Looks for what is wrong with the command line and can be told without an engine. */
    void check() {}

    /** Does what the command is for where that needs no engine, or one of its own; null if it does. */
    @Nullable
    Integer withoutEngine() {
        return null;
    }

    /** Does what the command is for and gives the exit code. */
    abstract int run(Orchestrator engine);

    final CofferdamCommand root() {
        return (CofferdamCommand) Parts.given(command).root().userObject();
    }

    final Terminal terminal() {
        return root().terminal();
    }

    final boolean json() {
        return root().json();
    }

    /** Prints a result for programs. */
    final void print(Map<String, ?> document) {
        terminal().out().println(terminal().outIsTerminal() ? Json.pretty(document) : Json.line(document));
    }

    /** Prints one of many results for programs: always one line. */
    final void printLine(Map<String, ?> document) {
        terminal().out().println(Json.line(document));
    }

    /** A mistake in the command line. */
    final ParameterException usage(String message) {
        return new ParameterException(Parts.given(command).commandLine(), message);
    }

    private int closingUninterrupted(Orchestrator engine) {
        try {
            return run(engine);
        } finally {
            // An interrupt has done its work by now; left set it would cut short the removal of session environments.
            Thread.interrupted();
        }
    }
}
