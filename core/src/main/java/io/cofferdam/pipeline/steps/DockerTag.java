package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import io.cofferdam.resource.Image;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gives an image another name. */
final class DockerTag implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    "docker_config",
                    ImageReference.IMAGE,
                    ImageReference.TAG,
                    Shape.Field.required("target", Shape.text(), "The new name, with its tag."))
            .withResults("image_id")
            .withFlowing("docker_image", "docker_tag");

    @Override
    public String type() {
        return "docker_tag";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        return ImageReference.check(config, flowing, true);
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        String source = ImageReference.of(context);
        String named = context.config().required("target");
        String target = ImageReference.withTag(named, ImageReference.tag(named));
        Image image = context.engine().images().tag(source, target);
        new Output(context.stdout()).line("named " + source + " " + target);
        return Map.of("docker_image", target, "docker_tag", ImageReference.tag(target), "image_id", image.id());
    }
}
