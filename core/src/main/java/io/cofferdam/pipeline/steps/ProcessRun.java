package io.cofferdam.pipeline.steps;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a command as a process of this host, in a directory of its own. */
final class ProcessRun implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    "process_config",
                    Field.required("command", new Shape.Command(), "The program and its arguments."),
                    DockerRun.ENVIRONMENT,
                    Field.optional(
                            "template", Shape.text(), "The folder that is copied into the process's own directory."),
                    Mounts.FIELD,
                    DockerRun.USER,
                    DockerRun.DIRECTORY,
                    DockerRun.MEMORY,
                    DockerRun.CPUS,
                    DockerRun.EXPECTED)
            .withResults("exit_code", "stdout", "container");

    @Override
    public String type() {
        return "process_run";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        return Mounts.check(config);
    }

    @Override
    public Map<String, String> inputs(StepContext context) throws IOException {
        String folder = context.config().text("template").orElse(null);
        return folder == null
                ? Map.of()
                : Map.of(
                        "template",
                        FileDigest.of(context.folder().resolve(folder).normalize()));
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder()
                .withCommand(config.command("command"))
                .name(OneShot.name(context))
                .withMounts(Mounts.read(config, context.folder()));
        config.text("template")
                .ifPresent(folder ->
                        spec.withTemplate(context.folder().resolve(folder).normalize()));
        OneShot.environment(spec, config, "environment");
        return new OneShot(context, context.engine(), false).run(spec, OneShot.expected(config));
    }
}
