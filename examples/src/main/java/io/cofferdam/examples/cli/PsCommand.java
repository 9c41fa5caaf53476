package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists environments. */
@Command(name = "ps", description = "Lists environments that run; with -a all of them.")
final class PsCommand extends EngineCommand {

    @Option(
            names = {"-a", "--all"},
            description = "also those that do not run")
    private boolean all;

    @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "only those with this label; can be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--stack", paramLabel = "NAME", description = "only those of this stack")
    @Nullable
    private String stack;

    @Override
    int run(Orchestrator engine) {
        List<EnvironmentStatus> shown = engine.environments().statuses(Selection.selector(labels, stack)).stream()
                .filter(status -> all || status.state().isAlive() || status.state() == EnvironmentState.RESTARTING)
                .toList();
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("environments", shown.stream().map(Documents::status).toList());
            print(document);
            return ExitCode.DONE;
        }
        Instant now = Instant.now();
        Table table = new Table("NAME", "STATE", "IMAGE", "STACK", "PORTS");
        shown.forEach(status -> table.row(
                status.name(),
                Shown.state(status, now),
                status.image(),
                status.stack().orElse(""),
                Shown.endpoints(status)));
        table.print(terminal());
        return ExitCode.DONE;
    }
}
