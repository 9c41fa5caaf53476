package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands that change a project that was deployed, by a deployment of another kind. */
abstract class ChangeCommand extends DeploymentCommand.OfProject {

    @Mixin
    final StrategyOptions strategy = new StrategyOptions();

    @Option(names = "--detach", description = "leave the work to a process of its own and return at once")
    private boolean detach;

    @Override
    void check() {
        strategy.options(terminal());
    }

    @Override
    final Deployments.Role role() {
        return detach ? Deployments.Role.OBSERVER : Deployments.Role.CONTROLLER;
    }

    abstract Deployment change(Deployments deployments, DeployOptions options);

    @Override
    int run(Deployments deployments) {
        latest(deployments);
        Deployment deployment = change(deployments, strategy.options(terminal()));
        return detach
                ? ControllerProcess.takeOver(deployment, projects(), this)
                : new Watch(deployments, terminal(), json()).untilItEnds(deployment, DeploymentStatus.COMPLETED);
    }

    @Command(
            name = "rollback",
            description = "Brings back the stable release before the present one, or an earlier one.")
    static final class Rollback extends ChangeCommand {

        @Option(names = "--to", paramLabel = "V", description = "a version, or the number or the id of a deployment")
        @Nullable
        private String version;

        @Override
        Deployment change(Deployments deployments, DeployOptions options) {
            return version == null
                    ? deployments.engine().rollback(project(), options)
                    : deployments.engine().rollback(project(), version, options);
        }
    }

    @Command(name = "scale", description = "Changes how many instances services have: scale shop web=3 api=1.")
    static final class Scale extends ChangeCommand {

        @Parameters(index = "1..*", arity = "1..*", paramLabel = "SERVICE=N", description = "0 or more instances")
        private Map<String, Integer> replicas = new LinkedHashMap<>();

        @Override
        Deployment change(Deployments deployments, DeployOptions options) {
            return deployments.engine().scale(project(), replicas, options);
        }
    }

    @Command(name = "down", description = "Removes all instances, routes and networks of a project. Its history stays.")
    static final class Down extends ChangeCommand {

        @Option(names = "--volumes", description = "its volumes too, with what is in them")
        private boolean volumes;

        @Override
        Deployment change(Deployments deployments, DeployOptions options) {
            return deployments.engine().remove(project(), volumes, options);
        }

        @Override
        int run(Deployments deployments) {
            int exitCode = super.run(deployments);
            deployments.endGatewayWhenIdle();
            return exitCode;
        }
    }
}
