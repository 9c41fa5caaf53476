package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RegistryCredentials;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sends an image to a registry, under the registry's name. */
final class DockerPush implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    "docker_config",
                    ImageReference.IMAGE,
                    ImageReference.TAG,
                    ImageReference.REGISTRY,
                    ImageReference.REGISTRY_URL,
                    ImageReference.USERNAME,
                    ImageReference.PASSWORD)
            .withResults("digest", "size")
            .withFlowing("docker_image", "docker_tag");

    @Override
    public String type() {
        return "docker_push";
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
        Images images = context.engine().images();
        String source = ImageReference.of(context);
        Catalogue.Registry registry = ImageReference.registry(context);
        String target = ImageReference.inRegistry(ImageReference.withTag(source, ImageReference.tag(source)), registry);
        if (!target.equals(source)) {
            images.tag(source, target);
        }
        RegistryCredentials login = ImageReference.login(context, registry, target);
        PushSpec spec = PushSpec.of(target);
        PushedImage pushed = images.push(login == null ? spec : spec.withCredentials(login));
        new Output(context.stdout()).line("pushed " + target + " as " + pushed.digest());
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("docker_image", target);
        results.put("docker_tag", ImageReference.tag(target));
        results.put("digest", pushed.digest());
        results.put("size", pushed.size());
        return results;
    }
}
