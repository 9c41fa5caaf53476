package io.cofferdam.examples.cli;

import io.cofferdam.application.Application;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.traffic.Route;
import io.cofferdam.workload.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Tells where a project is, or all of them. */
@Command(
        name = "status",
        description = "Shows where the deployment of a project is; without PROJECT, of every project.")
final class StatusCommand extends DeploymentCommand {

    @Parameters(arity = "0..1", paramLabel = "PROJECT", description = "a project that was deployed")
    @Nullable
    private String project;

    @Override
    String project() {
        return project == null ? "" : project;
    }

    @Override
    int run(Deployments deployments) {
        if (project == null) {
            all(deployments);
        } else {
            one(deployments);
        }
        return ExitCode.DONE;
    }

    private void all(Deployments deployments) {
        List<DeploymentRecord> records = deployments.engine().projects().stream()
                .flatMap(name -> deployments.engine().history(name, Long.MAX_VALUE, 1).stream())
                .toList();
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put(
                    "projects",
                    records.stream().map(DeploymentDocuments::record).toList());
            print(document);
            return;
        }
        HistoryCommand.table(records, true, terminal());
    }

    private void one(Deployments deployments) {
        DeploymentRecord record = latest(deployments).record();
        List<InstanceStatus> instances = deployments.engine().instances(project());
        List<Route> routes = deployments.engine().routes(project());
        Optional<Application> stable = deployments.engine().stable(project());
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("project", project());
            document.put("deployment", DeploymentDocuments.record(record));
            document.put("stable", stable.map(Application::version).orElse(null));
            document.put(
                    "controller",
                    deployments
                            .store()
                            .holder(project())
                            .map(lease -> lease.owner())
                            .orElse(null));
            document.put(
                    "instances",
                    instances.stream().map(DeploymentDocuments::instance).toList());
            document.put(
                    "routes", routes.stream().map(DeploymentDocuments::route).toList());
            print(document);
            return;
        }
        Duration age = Duration.between(record.completedAt().orElse(record.createdAt()), Instant.now());
        terminal()
                .out()
                .println(project() + "  " + Text.visible(record.version()) + "  "
                        + record.strategy() + "  " + Shown.name(record.status()) + "  " + record.progress() + "%  "
                        + Durations.shown(age) + " ago  " + Text.visible(record.message()));
        services(instances);
        routes.stream().map(Watch::reached).forEach(terminal().out()::println);
    }

    private void services(List<InstanceStatus> instances) {
        TreeSet<String> services = new TreeSet<>();
        instances.forEach(instance -> services.add(instance.instance().service()));
        for (String service : services) {
            List<String> revisions = new ArrayList<>();
            instances.stream()
                    .filter(instance -> instance.instance().service().equals(service))
                    .collect(java.util.stream.Collectors.groupingBy(
                            instance -> instance.revision().hash(),
                            java.util.TreeMap::new,
                            java.util.stream.Collectors.toList()))
                    .forEach((hash, all) -> revisions.add(all.stream()
                                    .filter(instance -> instance.instance().isAvailable())
                                    .count()
                            + "/" + all.size() + " available of " + hash));
            terminal().out().println("  " + service + "  " + String.join(", ", revisions));
        }
    }
}
