package io.cofferdam.pipeline.steps;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Runs a command in an environment to its end. */
final class DockerRun implements StepProvider {

    static final Shape.Field COMMAND = Field.optional(
            "command", new Shape.Command(), "The program and its arguments; without it, the image's own.");
    static final Shape.Field ENVIRONMENT =
            Field.optional("environment", Shape.pairs(), "Its variables; secrets are handed on as such.");
    static final Shape.Field USER = Field.optional("user", Shape.text(), "Who it runs as.");
    static final Shape.Field DIRECTORY = Field.optional("working_directory", Shape.text(), "The directory it runs in.");
    static final Shape.Field MEMORY =
            Field.optional("memory", Shape.text(), "The most memory it may have, such as 512m.");
    static final Shape.Field CPUS =
            Field.optional("cpus", Shape.text(), "The most processors it may use, such as 0.5.");
    static final Shape.Field EXPECTED =
            Field.optional("expect_exit", Shape.texts(), "The exit codes that are a success; 0.");

    private static final StepSchema SCHEMA = StepSchema.of(
                    "docker_config",
                    ImageReference.IMAGE,
                    ImageReference.TAG,
                    COMMAND,
                    Field.optional(
                            "entrypoint", new Shape.Command(), "What the command is given to, instead of the image's."),
                    ENVIRONMENT,
                    Mounts.FIELD,
                    Field.optional("remove", Shape.truth(), "Whether it is removed at its end; true."),
                    Field.optional("container_name", Shape.text(), "Its name; made up unless it is set."),
                    Field.optional(
                            "pull",
                            new Shape.Word(List.of("missing", "always", "never")),
                            "When its image is fetched."),
                    USER,
                    DIRECTORY,
                    MEMORY,
                    CPUS,
                    EXPECTED)
            .withResults("exit_code", "stdout", "container");

    @Override
    public String type() {
        return "docker_run";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        List<Problem> problems = new ArrayList<>(ImageReference.check(config, flowing, !config.has("engine")));
        problems.addAll(Mounts.check(config));
        return problems;
    }

    @Override
    public Map<String, String> inputs(StepContext context) {
        if (!context.engine().capabilities().has(Capability.IMAGES)) {
            return Map.of();
        }
        return context.engine()
                .images()
                .find(ImageReference.of(context))
                .map(image -> Map.of("image", image.id()))
                .orElse(Map.of());
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        Orchestrator engine = context.engine();
        boolean isKept = !config.truth("remove", true);
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder();
        boolean namesImage = config.has("docker_image");
        if (namesImage || engine.capabilities().has(Capability.IMAGES)) {
            spec.withImage(ImageReference.of(context));
        }
        spec.withCommand(config.command("command"))
                .name(config.text("container_name").orElse(OneShot.name(context)))
                .withMounts(Mounts.read(config, context.folder()))
                .lifetime(isKept ? Lifetime.persistent() : Lifetime.session());
        if (config.has("entrypoint")) {
            spec.entrypoint(config.command("entrypoint").toArray(new String[0]));
        }
        config.text("pull").ifPresent(policy -> spec.pullPolicy(PullPolicy.valueOf(policy.toUpperCase(Locale.ROOT))));
        OneShot.environment(spec, config, "environment");
        return new OneShot(context, engine, isKept).run(spec, OneShot.expected(config));
    }
}
