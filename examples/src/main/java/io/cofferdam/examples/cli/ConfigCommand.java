package io.cofferdam.examples.cli;

import io.cofferdam.compose.ComposeWriter;
import io.cofferdam.compose.LoadedApplication;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Shows what Compose files come to, without any engine. */
@Command(
        name = "config",
        description =
                "Shows what Compose files come to with everything resolved, or every problem in them; secrets are hidden.")
final class ConfigCommand implements Callable<Integer> {

    @Spec
    @Nullable
    private CommandSpec command;

    @Mixin
    private final ComposeOptions compose = new ComposeOptions();

    @Override
    public Integer call() {
        CofferdamCommand root = (CofferdamCommand) Parts.given(command).root().userObject();
        Terminal terminal = root.terminal();
        LoadedApplication loaded = compose.load(terminal);
        if (root.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("config", ComposeWriter.document(loaded.application()));
            document.put(
                    "warnings",
                    loaded.warnings().stream().map(ConfigCommand::document).toList());
            document.put("files", loaded.files().stream().map(Path::toString).toList());
            terminal.out().println(Json.pretty(document));
        } else {
            ComposeOptions.warn(loaded, terminal);
            terminal.out().print(ComposeWriter.write(loaded.application()));
            terminal.out().flush();
        }
        return ExitCode.DONE;
    }

    private static Map<String, @Nullable Object> document(Problem problem) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("where", problem.where());
        document.put("what", problem.what());
        document.put("remedy", problem.remedy());
        return document;
    }
}
