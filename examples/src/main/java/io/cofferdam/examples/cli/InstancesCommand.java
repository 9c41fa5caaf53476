package io.cofferdam.examples.cli;

import io.cofferdam.workload.InstanceStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;

/** Lists instances. */
@Command(name = "instances", description = "Lists the instances of a project as the engine sees them now.")
final class InstancesCommand extends DeploymentCommand.OfProject {

    @Override
    int run(Deployments deployments) {
        latest(deployments);
        List<InstanceStatus> instances = deployments.engine().instances(project());
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put(
                    "instances",
                    instances.stream().map(DeploymentDocuments::instance).toList());
            print(document);
            return ExitCode.DONE;
        }
        Table table = new Table("SERVICE", "NO", "REVISION", "CONDITION", "STATE", "DEPLOYMENT", "NAME", "PORTS");
        for (InstanceStatus instance : instances) {
            table.row(
                    instance.instance().service(),
                    instance.instance().ordinal(),
                    instance.revision().hash(),
                    Shown.name(instance.instance().condition()),
                    Shown.state(instance.environment(), Instant.now()),
                    instance.deployment(),
                    instance.name(),
                    Shown.endpoints(instance.environment()));
        }
        table.print(terminal());
        return ExitCode.DONE;
    }
}
