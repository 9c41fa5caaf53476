package io.cofferdam.examples.cli;

import io.cofferdam.application.Application;
import io.cofferdam.compose.LoadedApplication;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.Plan;
import io.cofferdam.deployment.PlanFormat;
import java.util.List;
import java.util.Map;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** Brings a release of what Compose files describe. */
@Command(
        name = "deploy",
        description = {
            "Brings what Compose files describe onto the engine, and waits until it is there or the former release is back.",
            "Ctrl-C stops the work where it is; 'resume PROJECT' goes on, 'cancel PROJECT' goes back."
        })
final class DeployCommand extends DeploymentCommand {

    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Mixin
    private final StrategyOptions strategy = new StrategyOptions();

    @Option(
            names = "--router",
            paramLabel = "R",
            description =
                    "gateway, haproxy, nginx or none: what has the ports that are published; gateway, or what it was before")
    @Nullable
    private String router;

    @Option(
            names = "--plan",
            arity = "0..1",
            fallbackValue = "text",
            preprocessor = Attached.class,
            paramLabel = "=FORM",
            description = "show what would be done, as text, json or mermaid, and do nothing")
    @Nullable
    private String plan;

    @Option(names = "--detach", description = "leave the work to a process of its own and return at once")
    private boolean detach;

    @Nullable
    private LoadedApplication loaded;

    /** Takes the form of a plan only behind an equals sign: what follows a space is a file. */
    static final class Attached implements IParameterPreprocessor {
        @Override
        public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            if (" ".equals(info.get("separator"))) {
                args.push("text");
            }
            return false;
        }
    }

    @Override
    void check() {
        if (router != null && !Deployments.ROUTERS.contains(router)) {
            throw usage("there is no router '" + router + "'; there is " + String.join(", ", Deployments.ROUTERS));
        }
        if (plan != null && !List.of("text", "json", "mermaid").contains(plan)) {
            throw usage("a plan is shown as text, json or mermaid, not as '" + plan + "'");
        }
        strategy.options(terminal());
        loaded = compose.load(terminal());
        if (!json()) {
            ComposeOptions.warn(loaded, terminal());
        }
    }

    private Application application() {
        return Parts.given(loaded).application();
    }

    @Override
    String project() {
        return application().project();
    }

    @Override
    Deployments.Role role() {
        return plan != null || detach ? Deployments.Role.OBSERVER : Deployments.Role.CONTROLLER;
    }

    @Override
    Projects.Place place(Projects projects) {
        Projects.Place place = super.place(projects);
        return router == null ? place : new Projects.Place(place.choice(), router);
    }

    @Override
    int run(Deployments deployments) {
        DeployOptions options = strategy.options(terminal());
        keepsItsRouter(deployments);
        if (plan != null) {
            show(deployments.engine().plan(application(), options));
            return ExitCode.DONE;
        }
        Deployment deployment = deployments.engine().deploy(application(), options);
        projects()
                .keep(project(), place(projects()).on(deployments.orchestrator().info()));
        if (detach) {
            return ControllerProcess.takeOver(deployment, projects(), this);
        }
        return new Watch(deployments, terminal(), json()).untilItEnds(deployment, DeploymentStatus.COMPLETED);
    }

    /** Its ports would stay with the router it has, and its connections break if they did not. */
    private void keepsItsRouter(Deployments deployments) {
        String known = projects().find(project()).map(Projects.Place::router).orElse(router);
        if (router != null
                && !router.equals(known)
                && !deployments.engine().instances(project()).isEmpty()) {
            throw usage("project '" + project() + "' is behind router '" + known
                    + "', which has its ports; take it down first (down " + project() + "), then deploy it behind '"
                    + router + "', or leave --router away");
        }
    }

    private void show(Plan found) {
        String form = json() ? "json" : Parts.given(plan);
        terminal()
                .out()
                .print(
                        switch (form) {
                            case "json" -> PlanFormat.json(found) + "\n";
                            case "mermaid" -> PlanFormat.mermaid(found);
                            default -> PlanFormat.text(found);
                        });
        terminal().out().flush();
    }
}
