package io.cofferdam.examples.cli;

import io.cofferdam.compose.ComposeLoader;
import io.cofferdam.compose.ComposeWriter;
import io.cofferdam.compose.LoadedApplication;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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

    @Parameters(arity = "1..*", paramLabel = "FILE", description = "Compose files, each merged over those before it")
    private List<Path> files = new ArrayList<>();

    @Option(
            names = {"-p", "--project"},
            paramLabel = "NAME",
            description = "the project's name, whatever the files say")
    @Nullable
    private String project;

    @Option(names = "--profile", paramLabel = "P", description = "a profile to activate, * for all; can be repeated")
    private List<String> profiles = new ArrayList<>();

    @Option(
            names = "--env-file",
            paramLabel = "FILE",
            description = "a file of variables instead of .env; can be repeated, the later wins")
    private List<Path> variableFiles = new ArrayList<>();

    @Option(
            names = "--ignore-unsupported",
            description = "warn of what is known but not supported instead of refusing it")
    private boolean ignoringUnsupported;

    @Override
    public Integer call() {
        CofferdamCommand root = (CofferdamCommand) Parts.given(command).root().userObject();
        Terminal terminal = root.terminal();
        LoadedApplication loaded = loader(terminal).load();
        if (root.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("config", ComposeWriter.document(loaded.application()));
            document.put(
                    "warnings",
                    loaded.warnings().stream().map(ConfigCommand::document).toList());
            document.put("files", loaded.files().stream().map(Path::toString).toList());
            terminal.out().println(Json.pretty(document));
        } else {
            loaded.warnings()
                    .forEach(warning ->
                            terminal.err().println("cofferdam: warning: " + Text.visible(warning.toString())));
            terminal.out().print(ComposeWriter.write(loaded.application()));
            terminal.out().flush();
        }
        return ExitCode.DONE;
    }

    private ComposeLoader loader(Terminal terminal) {
        ComposeLoader loader =
                ComposeLoader.of(files).environment(terminal.variables()).profiles(profiles.toArray(String[]::new));
        if (project != null) {
            loader = loader.project(project);
        }
        if (!variableFiles.isEmpty()) {
            loader = loader.variableFiles(variableFiles.toArray(Path[]::new));
        }
        return ignoringUnsupported ? loader.ignoringUnsupported() : loader;
    }

    private static Map<String, @Nullable Object> document(Problem problem) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("where", problem.where());
        document.put("what", problem.what());
        document.put("remedy", problem.remedy());
        return document;
    }
}
