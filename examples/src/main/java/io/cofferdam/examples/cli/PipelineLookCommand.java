package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunRecord;
import io.cofferdam.pipeline.RunStore;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands about runs of pipelines that need no engine. */
abstract class PipelineLookCommand extends EngineCommand {

    @Override
    final Integer withoutEngine() {
        try (RunStore store = PipelineCommand.store(terminal());
                PipelineEngine engine = PipelineEngine.builder()
                        .store(store)
                        .directory(PipelineCommand.folder(terminal()).resolve("files"))
                        .build()) {
            return look(engine);
        }
    }

    abstract int look(PipelineEngine engine);

    @Override
    final int run(Orchestrator engine) {
        throw new IllegalStateException("needs no engine");
    }

    /** Lists runs. */
    @Command(name = "list", description = "Lists runs, the newest first.")
    static final class Listing extends PipelineLookCommand {

        @Parameters(arity = "0..1", paramLabel = "PIPELINE", description = "runs of this pipeline only")
        @Nullable
        private String pipeline;

        @Option(names = "--limit", paramLabel = "N", description = "how many at the most; 50")
        private int limit = 50;

        @Override
        void check() {
            if (limit < 1) {
                throw usage("--limit " + limit + ": 1 or more runs can be listed");
            }
        }

        @Override
        int look(PipelineEngine engine) {
            List<RunRecord> runs = engine.list(pipeline, limit);
            if (json()) {
                Map<String, @Nullable Object> document = Json.object();
                document.put(
                        "runs", runs.stream().map(PipelineDocuments::summary).toList());
                print(document);
                return ExitCode.DONE;
            }
            Table table = new Table("RUN", "PIPELINE", "STATUS", "CREATED", "MESSAGE");
            runs.forEach(run -> table.row(
                    run.id(),
                    run.pipeline(),
                    run.status().toString(),
                    run.created().toString(),
                    run.message()));
            table.print(terminal());
            return ExitCode.DONE;
        }
    }

    /** Shows a run. */
    @Command(name = "show", description = "Shows a run with its steps.")
    static final class Show extends PipelineLookCommand {

        @Parameters(paramLabel = "RUN", description = "the run")
        private String id = "";

        @Override
        int look(PipelineEngine engine) {
            PipelineRun run = engine.find(id);
            if (json()) {
                print(PipelineDocuments.run(run.record(), run.steps()));
            } else {
                terminal().out().print(PipelineDocuments.tree(run.record(), run.steps()));
            }
            return ExitCode.DONE;
        }
    }

    /** Shows what a step wrote. */
    @Command(name = "logs", description = "Prints what a step wrote, each stream on its own.")
    static final class Logs extends PipelineLookCommand {

        @Parameters(index = "0", paramLabel = "RUN", description = "the run")
        private String id = "";

        @Parameters(index = "1", paramLabel = "STEP", description = "the step")
        private String step = "";

        @Override
        int look(PipelineEngine engine) {
            engine.find(id).copyOutput(step, terminal().out(), terminal().err());
            terminal().out().flush();
            return ExitCode.DONE;
        }
    }

    /** Cancels a run. */
    @Command(name = "cancel", description = "Cancels a run, whichever command runs it.")
    static final class Cancel extends PipelineLookCommand {

        @Parameters(paramLabel = "RUN", description = "the run")
        private String id = "";

        @Override
        int look(PipelineEngine engine) {
            engine.cancel(id);
            if (json()) {
                PipelineRun run = engine.find(id);
                print(PipelineDocuments.run(run.record(), run.steps()));
            }
            return ExitCode.DONE;
        }
    }
}
