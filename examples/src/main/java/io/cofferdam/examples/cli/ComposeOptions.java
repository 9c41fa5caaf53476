package io.cofferdam.examples.cli;

import io.cofferdam.compose.ComposeLoader;
import io.cofferdam.compose.LoadedApplication;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which Compose files are read, and how. */
final class ComposeOptions {

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

    LoadedApplication load(Terminal terminal) {
        ComposeLoader loader =
                ComposeLoader.of(files).environment(terminal.variables()).profiles(profiles.toArray(String[]::new));
        if (project != null) {
            loader = loader.project(project);
        }
        if (!variableFiles.isEmpty()) {
            loader = loader.variableFiles(variableFiles.toArray(Path[]::new));
        }
        return (ignoringUnsupported ? loader.ignoringUnsupported() : loader).load();
    }

    /** Tells what was passed over, to a person. */
    static void warn(LoadedApplication loaded, Terminal terminal) {
        loaded.warnings()
                .forEach(warning -> terminal.err().println("cofferdam: warning: " + Text.visible(warning.toString())));
    }
}
