package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import java.util.List;
import picocli.CommandLine.Command;

/** Does the work of a project until there is none. */
@Command(
        name = "controller",
        description = {
            "Does the work of a project until there is none: what --detach starts, in the foreground.",
            "Ctrl-C stops it where it is."
        })
final class ControllerCommand extends DeploymentCommand.OfProject {

    @Override
    Deployments.Role role() {
        return Deployments.Role.CONTROLLER;
    }

    @Override
    int run(Deployments deployments) {
        latest(deployments);
        while (true) {
            List<DeploymentRecord> unfinished = deployments.store().unfinished(project());
            if (unfinished.isEmpty()) {
                return ExitCode.DONE;
            }
            // The newest ends last: it takes the place of the others.
            DeploymentRecord newest = unfinished.get(unfinished.size() - 1);
            new Watch(deployments, terminal(), json())
                    .untilItEnds(deployments.engine().find(newest.id()).orElseThrow(), DeploymentStatus.COMPLETED);
        }
    }
}
