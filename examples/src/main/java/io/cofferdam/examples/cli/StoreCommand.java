package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentStore;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** A command that only looks at what was recorded, so that it works where the engine does not. */
abstract class StoreCommand implements Callable<Integer> {

    @Spec
    @Nullable
    private CommandSpec command;

    @Override
    public final Integer call() {
        try (DeploymentStore store = Deployments.store(new Projects(terminal().variables()).folder())) {
            return run(store);
        }
    }

    abstract int run(DeploymentStore store);

    final Terminal terminal() {
        return root().terminal();
    }

    final boolean json() {
        return root().json();
    }

    final void print(Map<String, ?> document) {
        terminal().out().println(terminal().outIsTerminal() ? Json.pretty(document) : Json.line(document));
    }

    final ParameterException usage(String message) {
        return new ParameterException(Parts.given(command).commandLine(), message);
    }

    private CofferdamCommand root() {
        return (CofferdamCommand) Parts.given(command).root().userObject();
    }
}
