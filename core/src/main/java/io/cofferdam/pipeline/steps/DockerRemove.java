package io.cofferdam.pipeline.steps;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import io.cofferdam.resource.RemovedImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Removes images, and environments that earlier steps kept. What is not there is no fault. */
final class DockerRemove implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    "docker_config",
                    ImageReference.IMAGE,
                    ImageReference.TAG,
                    Shape.Field.optional("images", Shape.texts(), "Further images, by their names."),
                    Shape.Field.optional("containers", Shape.texts(), "Environments, by their names."),
                    Shape.Field.optional("force", Shape.truth(), "Whether also what is in use is removed."))
            .withResults("removed");

    @Override
    public String type() {
        return "docker_remove";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        boolean namesSomething = config.has("images") || config.has("containers");
        return ImageReference.check(config, flowing, !namesSomething);
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        Orchestrator engine = context.engine();
        List<String> removed = new ArrayList<>();
        for (String name : config.texts("containers")) {
            engine.environments().find(name).ifPresent(environment -> {
                remove(environment);
                removed.add(name);
            });
        }
        List<String> images = new ArrayList<>(config.texts("images"));
        if (config.has("docker_image") || (images.isEmpty() && !config.has("containers"))) {
            images.add(ImageReference.of(context));
        }
        for (String image : images) {
            RemovedImages gone = engine.images().remove(image, config.truth("force", false));
            if (!gone.isEmpty()) {
                removed.add(image);
            }
        }
        removed.forEach(new Output(context.stdout())::line);
        return Map.of("removed", removed);
    }

    private static void remove(IsolatedEnvironment environment) {
        environment.remove();
    }
}
