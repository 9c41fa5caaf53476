package io.cofferdam.examples.cli;

import io.cofferdam.engine.Leftover;
import io.cofferdam.engine.Orchestrator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Removes what nobody will come back for. */
@Command(
        name = "gc",
        description = {
            "Removes what nobody will come back for: session environments, networks and volumes of programs that have ended,"
                    + " environments whose time is over or whose parent is gone.",
            "What a living program made, or another host, is not touched."
        })
final class GcCommand extends EngineCommand {

    @Option(names = "--dry-run", description = "only show what would be removed, and why")
    private boolean dryRun;

    @Override
    int run(Orchestrator engine) {
        List<Leftover> leftovers = dryRun ? engine.leftovers() : engine.sweep();
        if (json()) {
            print(Map.of(
                    "dryRun",
                    dryRun,
                    "leftovers",
                    leftovers.stream().map(GcCommand::document).toList()));
            return ExitCode.DONE;
        }
        if (leftovers.isEmpty()) {
            terminal().err().println("nothing is left behind");
            return ExitCode.DONE;
        }
        Table table = new Table(dryRun ? "WOULD REMOVE" : "REMOVED", "NAME", "ID", "BECAUSE");
        leftovers.forEach(left -> table.row(kind(left), left.name(), left.id(), left.reason()));
        table.print(terminal());
        return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> document(Leftover left) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("kind", kind(left));
        document.put("name", left.name());
        document.put("id", left.id());
        document.put("reason", left.reason());
        document.put("owner", left.owner().isEmpty() ? null : left.owner());
        return document;
    }

    private static String kind(Leftover left) {
        return left.kind().name().toLowerCase(Locale.ROOT);
    }
}
