package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStore;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Lists deployments. Needs no engine. */
@Command(name = "history", description = "Lists the deployments of a project, the newest first.")
final class HistoryCommand extends StoreCommand {

    @Parameters(paramLabel = "PROJECT", description = "a project that was deployed")
    private String project = "";

    @Option(names = "-n", paramLabel = "N", defaultValue = "20", description = "how many at the most; ${DEFAULT-VALUE}")
    private int limit;

    @Option(names = "--before", paramLabel = "NUMBER", description = "only those with a lower number")
    private long before = Long.MAX_VALUE;

    @Override
    int run(DeploymentStore store) {
        if (limit < 1) {
            throw usage("-n is 1 or more, not " + limit);
        }
        List<DeploymentRecord> records = store.history(project, before, limit);
        if (records.isEmpty() && !store.projects().contains(project)) {
            throw DeploymentCommand.noProject(project, store.projects());
        }
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put(
                    "deployments",
                    records.stream().map(DeploymentDocuments::record).toList());
            print(document);
        } else {
            table(records, false, terminal());
        }
        return ExitCode.DONE;
    }

    static void table(List<DeploymentRecord> records, boolean ofProjects, Terminal terminal) {
        Table table = new Table(
                ofProjects ? "PROJECT" : "NUMBER", "VERSION", "KIND", "STRATEGY", "STATUS", "", "AGE", "BY", "MESSAGE");
        for (DeploymentRecord record : records) {
            table.row(
                    ofProjects ? record.project() : record.number(),
                    record.version(),
                    Shown.name(record.kind()),
                    record.strategy(),
                    Shown.name(record.status()),
                    record.progress() + "%",
                    Durations.shown(Duration.between(record.createdAt(), Instant.now())),
                    record.user(),
                    record.message());
        }
        table.print(terminal);
    }
}
