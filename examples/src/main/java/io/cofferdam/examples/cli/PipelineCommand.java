package io.cofferdam.examples.cli;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.examples.store.RunFile;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.PipelineLoader;
import io.cofferdam.pipeline.PipelinePlan;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.PipelineWriter;
import io.cofferdam.pipeline.RunRecord;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.RunStore;
import io.cofferdam.pipeline.SecretProvider;
import io.cofferdam.pipeline.StepOutput;
import io.cofferdam.pipeline.StepRecord;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Pipelines: run, looked at, cancelled, written. */
@Command(
        name = "pipeline",
        description = "Runs pipelines of steps that build, run, push, deploy and test.",
        subcommands = {
            PipelineCommand.Run.class,
            PipelineLookCommand.Listing.class,
            PipelineLookCommand.Show.class,
            PipelineLookCommand.Logs.class,
            PipelineLookCommand.Cancel.class,
            PipelineCommand.Export.class
        })
final class PipelineCommand implements Runnable {

    @Spec
    @Nullable
    private CommandSpec command;

    @Override
    public void run() {
        throw new ParameterException(
                Parts.given(command).commandLine(),
                "a command is missing; there are "
                        + String.join(", ", Parts.given(command).subcommands().keySet()));
    }

    /** Where runs are kept. */
    static Path folder(Terminal terminal) {
        return new Projects(terminal.variables()).folder().resolve("pipelines");
    }

    static RunStore store(Terminal terminal) {
        return RunFile.open(folder(terminal).resolve("runs"));
    }

    /** Runs a pipeline, or goes on with a run. */
    @Command(name = "run", description = "Runs a pipeline of a file, or goes on with a run that did not succeed.")
    static final class Run extends EngineCommand {

        private static final Duration LOOK = Duration.ofMillis(500);
        private static final Duration END = Duration.ofMinutes(1);

        @Parameters(arity = "0..1", paramLabel = "FILE", description = "the pipeline, as YAML or JSON")
        @Nullable
        private Path file;

        @Option(names = "--var", paramLabel = "K=V", description = "a variable or parameter; can be repeated")
        private Map<String, String> variables = new LinkedHashMap<>();

        @Option(
                names = "--secrets-from",
                paramLabel = "WHERE",
                description =
                        "env:PREFIX (variables of the environment) or file:PATH (lines name=value); can be repeated")
        private List<String> secrets = new ArrayList<>();

        @Option(names = "--catalogue", paramLabel = "FILE", description = "what registries and clusters are called")
        @Nullable
        private Path catalogue;

        @Option(names = "--resume", paramLabel = "RUN", description = "go on with this run instead of beginning one")
        @Nullable
        private String resume;

        @Option(names = "--parallel", paramLabel = "N", description = "how many steps at the same time; 16")
        private int parallel = 16;

        @Option(names = "--plan", description = "show what the pipeline comes to, and run nothing")
        private boolean plan;

        @Override
        void check() {
            if ((file == null) == (resume == null)) {
                throw usage("name a FILE, or a run with --resume, and not both");
            }
            if (plan && resume != null) {
                throw usage("--plan shows a FILE, not a run");
            }
            if (parallel < 1) {
                throw usage("--parallel " + parallel + ": 1 or more steps run at the same time");
            }
            secrets.forEach(this::provider);
        }

        private SecretProvider provider(String where) {
            if (where.startsWith("env:")) {
                return SecretProvider.environment(where.substring(4));
            }
            if (where.startsWith("file:")) {
                return SecretProvider.file(Path.of(where.substring(5)));
            }
            throw usage("--secrets-from " + where + ": write env:PREFIX or file:PATH");
        }

        private PipelineEngine.Builder builder() {
            SecretProvider all = SecretProvider.none();
            for (String where : secrets) {
                all = all.or(provider(where));
            }
            return PipelineEngine.builder().secrets(all).parallelism(parallel).catalogue(names());
        }

        private Catalogue names() {
            return catalogue == null ? Catalogue.ofEngine() : Catalogue.load(catalogue);
        }

        private Pipeline load() {
            return PipelineLoader.of(Objects.requireNonNull(file))
                    .withVariables(variables)
                    .load();
        }

        @Override
        @Nullable
        Integer withoutEngine() {
            if (!plan) {
                return null;
            }
            Pipeline pipeline = load();
            try (PipelineEngine engine = builder().build()) {
                PipelinePlan planned = engine.plan(pipeline, variables);
                if (json()) {
                    print(planned.asMap());
                } else {
                    terminal().out().print(planned);
                }
            }
            return ExitCode.DONE;
        }

        @Override
        int run(Orchestrator orchestrator) {
            Pipeline pipeline = resume == null ? load() : null;
            try (RunStore store = store(terminal());
                    RunEngines engines = engines(orchestrator, pipeline, store)) {
                PipelineEngine.Builder builder =
                        builder().store(store).directory(folder(terminal()).resolve("files"));
                engines.all().forEach(builder::engine);
                try (PipelineEngine engine = builder.build()) {
                    return follow(engine, pipeline);
                }
            }
        }

        private RunEngines engines(Orchestrator atHand, @Nullable Pipeline pipeline, RunStore store) {
            Function<String, Orchestrator> opener = name -> Cofferdam.open(name, root().config());
            return pipeline != null
                    ? RunEngines.of(atHand, pipeline, names(), opener)
                    : RunEngines.of(atHand, stored(store), names(), opener);
        }

        private RunRecord stored(RunStore store) {
            String id = Objects.requireNonNull(resume);
            return store.find(id).orElseThrow(() -> new NotFoundException("there is no run '" + id + "' in the store"));
        }

        private int follow(PipelineEngine engine, @Nullable Pipeline pipeline) {
            if (json() || !PipelineTree.fits(terminal())) {
                engine.events().subscribe(PipelineEvent.class, this::tell);
                engine.events().subscribe(StepOutput.class, this::tell);
                return await(engine, begin(engine, pipeline));
            }
            List<String> steps = pipeline == null
                    ? engine.find(Objects.requireNonNull(resume)).steps().stream()
                            .map(StepRecord::name)
                            .toList()
                    : engine.plan(pipeline, variables).steps().stream()
                            .map(PipelinePlan.PlannedStep::name)
                            .toList();
            PipelineTree tree = new PipelineTree(terminal(), steps);
            engine.events().subscribe(PipelineEvent.class, tree::tell);
            engine.events().subscribe(StepOutput.class, tree::tell);
            PipelineRun run = begin(engine, pipeline);
            Ended ended;
            try (tree) {
                tree.begin();
                ended = end(engine, run);
            }
            return show(run, ended);
        }

        private PipelineRun begin(PipelineEngine engine, @Nullable Pipeline pipeline) {
            return pipeline == null
                    ? engine.resume(Objects.requireNonNull(resume))
                    : engine.run(pipeline, variables, base());
        }

        private Path base() {
            Path parent =
                    Objects.requireNonNull(file).toAbsolutePath().normalize().getParent();
            return parent == null ? Path.of("").toAbsolutePath() : parent;
        }

        /** How a run ended, as far as this program is concerned. */
        private record Ended(@Nullable RunRecord record, String message, boolean wasInterrupted) {}

        private int await(PipelineEngine engine, PipelineRun run) {
            return show(run, end(engine, run));
        }

        private Ended end(PipelineEngine engine, PipelineRun run) {
            while (true) {
                try {
                    return new Ended(run.await(LOOK), "", false);
                } catch (OperationTimeoutException goesOn) {
                    if (engine.find(run.id()).record().status() == RunStatus.CANCELLED) {
                        return new Ended(null, "run " + run.id() + " was cancelled by another command", false);
                    }
                } catch (OperationInterruptedException ctrlC) {
                    // Answered here; left set it would cut the ends of the steps short.
                    Thread.interrupted();
                    run.cancel();
                    return new Ended(run.await(END), "", true);
                } catch (WrongStateException taken) {
                    boolean isCancelled = engine.find(run.id()).record().status() == RunStatus.CANCELLED;
                    String message = isCancelled
                            ? "run " + run.id() + " was cancelled by another command"
                            : String.valueOf(taken.getMessage());
                    return new Ended(null, message, false);
                }
            }
        }

        private int show(PipelineRun run, Ended ended) {
            RunRecord end = ended.record();
            if (end == null) {
                terminal().err().println("cofferdam: " + ended.message());
                return ExitCode.FAILED;
            }
            if (json()) {
                print(PipelineDocuments.run(end, run.steps()));
            } else {
                terminal().out().print(PipelineDocuments.tree(end, run.steps()));
                if (end.status() != RunStatus.SUCCEEDED) {
                    terminal().err().println("cofferdam: go on with: pipeline run --resume " + end.id());
                }
            }
            return ended.wasInterrupted()
                    ? ExitCode.INTERRUPTED
                    : end.status() == RunStatus.SUCCEEDED ? ExitCode.DONE : ExitCode.FAILED;
        }

        private void tell(PipelineEvent event) {
            if (json()) {
                synchronized (this) {
                    terminal().err().println(Json.line(PipelineDocuments.event(event)));
                }
                return;
            }
            String step = event.step().isEmpty() ? "run " + event.run() : event.step();
            String what = event.type().replaceFirst("^(step|run)_", "");
            String first = event.message().lines().findFirst().orElse("");
            synchronized (this) {
                terminal().err().println(Text.visible(step + ": " + what + (first.isEmpty() ? "" : ": " + first)));
            }
        }

        private void tell(StepOutput output) {
            if (json()) {
                return;
            }
            synchronized (this) {
                terminal()
                        .err()
                        .println(Text.visible(output.step() + (output.isError() ? " ! " : " | ") + output.line()));
            }
        }
    }

    /** Writes a pipeline, its templates and includes resolved. */
    @Command(
            name = "export",
            description = "Writes a pipeline with templates and includes resolved, as YAML or with --json as JSON.")
    static final class Export extends EngineCommand {

        @Parameters(paramLabel = "FILE", description = "the pipeline, as YAML or JSON")
        private Path file = Path.of("");

        @Override
        Integer withoutEngine() {
            Pipeline pipeline = PipelineLoader.of(file).load();
            terminal().out().print(json() ? PipelineWriter.json(pipeline) : PipelineWriter.yaml(pipeline));
            return ExitCode.DONE;
        }

        @Override
        int run(Orchestrator engine) {
            throw new IllegalStateException("needs no engine");
        }
    }
}
