package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.RegistryCredentials;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Fetches an image from a registry. */
final class DockerPull implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    "docker_config",
                    ImageReference.IMAGE,
                    ImageReference.TAG,
                    ImageReference.REGISTRY,
                    ImageReference.REGISTRY_URL,
                    ImageReference.USERNAME,
                    ImageReference.PASSWORD,
                    Shape.Field.optional("platform", Shape.text(), "For example linux/arm64."))
            .withResults("image_id", "digest")
            .withFlowing("docker_image", "docker_tag");

    @Override
    public String type() {
        return "docker_pull";
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
        Catalogue.Registry registry = ImageReference.registry(context);
        String reference = ImageReference.inRegistry(ImageReference.of(context), registry);
        PullSpec spec = PullSpec.of(reference);
        RegistryCredentials login = ImageReference.login(context, registry, reference);
        if (login != null) {
            spec = spec.withCredentials(login);
        }
        if (context.config().has("platform")) {
            spec = spec.withPlatform(context.config().required("platform"));
        }
        Image image = context.engine().images().pull(spec);
        new Output(context.stdout()).line("pulled " + reference + ", " + image.id());
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("docker_image", reference);
        results.put("docker_tag", ImageReference.tag(reference));
        results.put("image_id", image.id());
        results.put(
                "digest",
                image.digests().stream()
                        .findFirst()
                        .map(digest -> digest.substring(digest.indexOf('@') + 1))
                        .orElse(""));
        return results;
    }
}
