package io.cofferdam.examples.cli;

import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.error.WrongStateException;
import java.util.function.Consumer;
import picocli.CommandLine.Command;

/**
 * The commands that tell a deployment under way what to do. Where a controller works on it, that one is told; else the work goes on
 * here.
 */
abstract class SignalCommand extends DeploymentCommand.OfProject {

    private final String done;
    private final DeploymentStatus wanted;

    /**
     * A command.
     *
     * @param done what is said when somebody else was told
     * @param wanted the end that is a success
     */
    SignalCommand(String done, DeploymentStatus wanted) {
        this.done = done;
        this.wanted = wanted;
    }

    abstract void tell(Deployment deployment);

    @Override
    final Deployments.Role role() {
        return Deployments.Role.IF_NOBODY_ELSE;
    }

    @Override
    final int run(Deployments deployments) {
        return send(deployments, latest(deployments), root(), done, wanted, this::tell);
    }

    /** Sends a signal, and follows the deployment where the work is done here. */
    static int send(
            Deployments deployments,
            Deployment deployment,
            CofferdamCommand root,
            String done,
            DeploymentStatus wanted,
            Consumer<Deployment> signal) {
        if (deployment.status().isTerminal()) {
            throw new WrongStateException("no deployment of '" + deployment.project() + "' is under way; the last one, "
                    + deployment.id() + ", ended as " + Shown.name(deployment.status()));
        }
        signal.accept(deployment);
        // Who calls something off wants to see it gone, whoever does the work.
        if (deployments.isController() || wanted == DeploymentStatus.CANCELLED) {
            return new Watch(deployments, root.terminal(), root.json()).untilItEnds(deployment, wanted);
        }
        root.terminal()
                .out()
                .println(
                        root.json()
                                ? Json.line(DeploymentDocuments.record(deployment.record()))
                                : "'" + deployment.project() + "' " + done);
        return ExitCode.DONE;
    }

    @Command(
            name = "cancel",
            description = "Calls the deployment of a project off, and restores its last stable release.")
    static final class Cancel extends SignalCommand {
        Cancel() {
            super("is called off", DeploymentStatus.CANCELLED);
        }

        @Override
        void tell(Deployment deployment) {
            deployment.cancel();
        }
    }

    @Command(name = "abort", description = "Takes the traffic from a canary first, then does as cancel.")
    static final class Abort extends SignalCommand {
        Abort() {
            super("is called off", DeploymentStatus.CANCELLED);
        }

        @Override
        void tell(Deployment deployment) {
            deployment.abort();
        }
    }

    @Command(name = "promote", description = "Ends the pause that the deployment of a project is in, before its time.")
    static final class Promote extends SignalCommand {
        Promote() {
            super("goes on", DeploymentStatus.COMPLETED);
        }

        @Override
        void tell(Deployment deployment) {
            deployment.promote();
        }
    }
}
