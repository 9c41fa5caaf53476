package io.cofferdam.examples.cli;

import io.cofferdam.deployment.Deployment;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** A command about the deployments of one project. Everything it opens is closed afterwards, also when it is interrupted. */
abstract class DeploymentCommand implements Callable<Integer> {

    @Spec
    @Nullable
    private CommandSpec command;

    @Override
    public final Integer call() {
        check();
        return with(root(), place(projects()), role(), project(), this::run);
    }

    /** Opens what commands about deployments work with, for one of them. */
    static int with(
            CofferdamCommand root,
            Projects.Place place,
            Deployments.Role role,
            String project,
            ToIntFunction<Deployments> work) {
        Projects projects = new Projects(root.terminal().variables());
        try (Interrupts interrupts = Interrupts.ofCurrentThread();
                Orchestrator orchestrator = root.open(place.choice());
                Deployments deployments = Deployments.open(projects, orchestrator, place.router(), role, project)) {
            try {
                return work.applyAsInt(deployments);
            } catch (OperationInterruptedException ended) {
                if (interrupts.happened()) {
                    return ExitCode.INTERRUPTED;
                }
                throw ended;
            } finally {
                // An interrupt has done its work by now; left set it would cut short what is closed.
                boolean wasInterrupted = Thread.interrupted();
                assert !wasInterrupted || interrupts.happened();
            }
        }
    }

    /** Looks for what is wrong with the command line and can be told without an engine. */
    void check() {}

    /** The project the command is about. */
    abstract String project();

    /** Whether the command does the work of the project. */
    Deployments.Role role() {
        return Deployments.Role.OBSERVER;
    }

    /** Does what the command is for and gives the exit code. */
    abstract int run(Deployments deployments);

    /** Where the project is: as the command line says, else as it was deployed. */
    Projects.Place place(Projects projects) {
        return place(root(), projects, project());
    }

    static Projects.Place place(CofferdamCommand root, Projects projects, String project) {
        EngineChoice said = root.choice();
        Projects.Place known =
                projects.find(project).orElseGet(() -> new Projects.Place(said, Deployments.ROUTERS.get(0)));
        return said.isOpen() ? known : new Projects.Place(said, known.router());
    }

    final Projects projects() {
        return new Projects(terminal().variables());
    }

    final CommandSpec spec() {
        return Parts.given(command);
    }

    final CofferdamCommand root() {
        return (CofferdamCommand) spec().root().userObject();
    }

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
        return new ParameterException(spec().commandLine(), message);
    }

    /** The deployment under way, or the last one. */
    final Deployment latest(Deployments deployments) {
        return latest(deployments, project());
    }

    static Deployment latest(Deployments deployments, String project) {
        return deployments
                .engine()
                .latest(project)
                .orElseThrow(() -> noProject(project, deployments.engine().projects()));
    }

    static NotFoundException noProject(String project, List<String> others) {
        return new NotFoundException("there is no project '" + project + "'; "
                + (others.isEmpty() ? "nothing was deployed yet" : "there are " + String.join(", ", others)));
    }

    /** One whose first argument is the project. */
    abstract static class OfProject extends DeploymentCommand {

        @Parameters(index = "0", paramLabel = "PROJECT", description = "a project that was deployed")
        private String project = "";

        @Override
        final String project() {
            return project;
        }
    }
}
