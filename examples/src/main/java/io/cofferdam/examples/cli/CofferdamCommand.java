package io.cofferdam.examples.cli;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.EngineUnavailableException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The program {@code cofferdam}: its global options and its commands. */
@Command(
        name = "cofferdam",
        description = "Runs software in isolated environments: processes, Docker containers, Kubernetes pods.",
        mixinStandardHelpOptions = true,
        version = "cofferdam 0.1.0-SNAPSHOT",
        scope = ScopeType.INHERIT,
        sortOptions = false,
        usageHelpWidth = 110,
        usageHelpAutoWidth = true,
        subcommands = {
            FirstStackCommand.class,
            EnginesCommand.class,
            RunCommand.class,
            PsCommand.class,
            InspectCommand.class,
            LogsCommand.class,
            EventsCommand.class,
            ExecCommand.class,
            CpCommand.class,
            BatchCommand.Start.class,
            BatchCommand.Stop.class,
            BatchCommand.Restart.class,
            BatchCommand.Pause.class,
            BatchCommand.Resume.class,
            UpdateCommand.class,
            BatchCommand.Remove.class,
            SnapshotCommand.class,
            SnapshotCommand.Listing.class,
            SnapshotCommand.Restore.class,
            SnapshotCommand.Fork.class,
            SnapshotCommand.Export.class,
            SnapshotCommand.Import.class,
            StatsCommand.class,
            ConfigCommand.class,
            NetworksCommand.class,
            VolumesCommand.class,
            PoolCommand.class,
            ImageCommand.Listing.class,
            ImageCommand.Pull.class,
            BuildCommand.class,
            ImageCommand.Push.class,
            ImageCommand.Tag.class,
            ImageCommand.Remove.class,
            DeployCommand.class,
            StatusCommand.class,
            HistoryCommand.class,
            InstancesCommand.class,
            ChangeCommand.Rollback.class,
            ChangeCommand.Scale.class,
            ChangeCommand.Down.class,
            SignalCommand.Cancel.class,
            SignalCommand.Abort.class,
            SignalCommand.Promote.class,
            ControllerCommand.class,
            PipelineCommand.class,
            GcCommand.class
        })
public final class CofferdamCommand implements Runnable {

    private final Terminal terminal;

    @Spec
    @Nullable
    private CommandSpec command;

    @Option(
            names = "--engine",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "process, docker or kubernetes; without it Docker if it is there, else processes")
    @Nullable
    private String engine;

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "print JSON of documented shapes (examples/CLI.md), errors too")
    private boolean json;

    @Option(
            names = "--state",
            scope = ScopeType.INHERIT,
            paramLabel = "DIR",
            description = "where the process engine keeps its environments")
    @Nullable
    private Path state;

    @Option(
            names = "--host",
            scope = ScopeType.INHERIT,
            paramLabel = "URL",
            description = "where the engine is, for example tcp://lab:2376; nowhere else is looked")
    @Nullable
    private String host;

    @Option(
            names = "--option",
            scope = ScopeType.INHERIT,
            paramLabel = "K=V",
            description = "a setting only one engine knows, for example process.namespaces=off; can be repeated")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--namespace",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "where the kubernetes engine makes everything; without it the context's namespace")
    @Nullable
    private String namespace;

    @Option(
            names = "--context",
            scope = ScopeType.INHERIT,
            paramLabel = "NAME",
            description = "a context of the kubeconfig, for the kubernetes engine; without it the current one")
    @Nullable
    private String context;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "show stack traces and the library's own log")
    private boolean debug;

    CofferdamCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Runs the program.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(Terminal.ofThisProcess(), args));
    }

    /** Runs one command line and gives the exit code, without ending the JVM. */
    static int run(Terminal terminal, String... args) {
        CofferdamCommand root = new CofferdamCommand(terminal);
        Failures failures = new Failures(terminal);
        List<String> own = Arrays.asList(args).subList(0, ownArguments(args));
        if (own.contains("--debug")) {
            System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
        }
        CommandLine program = parser(root)
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setColorScheme(CommandLine.Help.defaultColorScheme(terminal.colour() ? Ansi.ON : Ansi.OFF))
                .setParameterExceptionHandler((wrong, arguments) -> failures.tell(
                        inOurWords(Mistakes.all(wrong, parser(new CofferdamCommand(terminal)), args)),
                        own.contains("--json"),
                        own.contains("--debug")))
                .setExecutionExceptionHandler(
                        (failure, where, parsed) -> failures.tell(failure, root.json, root.debug));
        return program.execute(args);
    }

    /** What reads command lines. */
    private static CommandLine parser(CofferdamCommand root) {
        return new CommandLine(root)
                .registerConverter(Duration.class, new Durations())
                .setUnmatchedOptionsAllowedAsOptionParameters(false);
    }

    /** Picocli tells of a command that is not there as of a surplus argument; all other mistakes it tells well. */
    private static ParameterException inOurWords(ParameterException wrong) {
        CommandLine program = wrong.getCommandLine();
        if (program.getParent() == null && wrong instanceof UnmatchedArgumentException unmatched) {
            String word = unmatched.getUnmatched().get(0);
            if (!word.startsWith("-")) {
                return new ParameterException(program, "there is no command '" + word + "'; " + commands(program));
            }
        }
        return wrong;
    }

    private static String commands(CommandLine program) {
        return "there are " + String.join(", ", program.getSubcommands().keySet());
    }

    /** Without a command there is nothing to do but to say which ones there are. */
    @Override
    public void run() {
        CommandLine program = Parts.given(command).commandLine();
        throw new ParameterException(program, "a command is missing; " + commands(program));
    }

    Terminal terminal() {
        return terminal;
    }

    boolean json() {
        return json;
    }

    boolean debug() {
        return debug;
    }

    EngineConfig config() {
        return choice().config();
    }

    /** Which engine was asked for. */
    EngineChoice choice() {
        Map<String, String> all = new LinkedHashMap<>(settings);
        if (namespace != null) {
            all.put("kubernetes.namespace", namespace);
        }
        if (context != null) {
            all.put("kubernetes.context", context);
        }
        return new EngineChoice(engine, host, state, all);
    }

    /** Opens the engine that was asked for, or the best there is. */
    Orchestrator open() {
        return open(choice());
    }

    /** Opens an engine that was asked for, now or earlier. */
    Orchestrator open(EngineChoice choice) {
        if (choice.engine() != null) {
            return Cofferdam.open(choice.engine(), choice.config());
        }
        return choice.host() == null
                        && !terminal.variables().getOrDefault("DOCKER_HOST", "").isBlank()
                ? dockerOrProcesses()
                : Cofferdam.open(choice.config());
    }

    /** Who set DOCKER_HOST wants Docker, and should not find processes instead without a word. */
    private Orchestrator dockerOrProcesses() {
        try {
            return Cofferdam.open(Cofferdam.DOCKER, config());
        } catch (EngineUnavailableException notThere) {
            Orchestrator processes = Cofferdam.open(Cofferdam.PROCESS, config());
            if (!json) {
                terminal.err().println("cofferdam: " + Text.visible(insteadOfDocker(notThere)));
            }
            return processes;
        }
    }

    /** Of all places that were looked at, the one that was named is enough for a line. */
    static String insteadOfDocker(EngineUnavailableException notThere) {
        String everything = Failures.message(notThere);
        String reason = everything
                .lines()
                .filter(line -> line.contains("(DOCKER_HOST)"))
                .findFirst()
                .orElse(everything)
                .replaceFirst("^[\\s-]+", "");
        return "Docker does not answer, processes are used instead: " + reason.replaceAll("\\s*\n\\s*", " ");
    }

    /** Which engine was asked for, or null for the best there is. */
    @Nullable
    String engine() {
        return engine;
    }

    /** How many arguments there are before {@code --}: what follows it belongs to somebody else's program. */
    private static int ownArguments(String[] args) {
        int end = Arrays.asList(args).indexOf("--");
        return end < 0 ? args.length : end;
    }
}
