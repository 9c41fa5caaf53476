package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Secret;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Builds an image. */
final class DockerBuild implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    "docker_config",
                    Field.required("docker_image", Shape.text(), "The name of the image that is built."),
                    ImageReference.TAG,
                    Field.optional(
                            "context", Shape.text(), "The folder it is built from; that of the pipeline's file."),
                    Field.optional("dockerfile", Shape.text(), "The Dockerfile's path in that folder; Dockerfile."),
                    Field.optional(
                            "build_args", Shape.pairs(), "Its build arguments; secrets are kept from its output."),
                    Field.optional("target", Shape.text(), "The stage that is built."),
                    Field.optional("labels", Shape.pairs(), "Labels of the image."),
                    Field.optional("no_cache", Shape.truth(), "Whether every layer is built anew."),
                    Field.optional("cache_from", Shape.texts(), "Images whose layers may be taken."),
                    Field.optional("pull", Shape.truth(), "Whether newer base images are fetched."),
                    Field.optional("platform", Shape.text(), "For example linux/arm64."),
                    Field.optional("tags", Shape.texts(), "Further names of the image."))
            .withResults("image_id", "digest")
            .withFlowing("docker_image", "docker_tag");

    @Override
    public String type() {
        return "docker_build";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        List<Problem> problems = new ArrayList<>(ImageReference.check(config, flowing, false));
        String image = ImageReference.plain(config, "docker_image");
        if (image != null && image.contains("@")) {
            problems.add(new Problem("docker_image", "an image that is built has no digest yet", "remove it"));
        }
        return problems;
    }

    @Override
    public Map<String, String> inputs(StepContext context) throws IOException {
        Path folder = context.folder()
                .resolve(context.config().text("context").orElse("."))
                .normalize();
        return Map.of("context", FileDigest.of(folder));
    }

    @Override
    public boolean isStillThere(StepContext context, Map<String, ?> results) {
        return context.engine()
                .images()
                .find(String.valueOf(results.get("docker_image")))
                .filter(image -> image.id().equals(results.get("image_id")))
                .isPresent();
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        String reference = ImageReference.of(context);
        String tag = ImageReference.tag(reference);
        String image = ImageReference.withTag(reference, tag);
        BuildSpec.Builder spec = BuildSpec.context(context.folder()
                        .resolve(config.text("context").orElse("."))
                        .normalize())
                .tag(image);
        config.text("dockerfile").ifPresent(spec::dockerfilePath);
        config.text("target").ifPresent(spec::target);
        config.text("platform").ifPresent(spec::platform);
        config.texts("tags").forEach(spec::tag);
        config.texts("cache_from").forEach(spec::cacheFrom);
        config.pairs("labels").forEach((name, value) -> spec.label(name, String.valueOf(value)));
        config.pairs("build_args").forEach((name, value) -> {
            if (value instanceof Secret secret) {
                spec.secretBuildArg(name, secret.reveal());
            } else {
                spec.buildArg(name, String.valueOf(value));
            }
        });
        if (config.truth("no_cache", false)) {
            spec.noCache();
        }
        if (config.truth("pull", false)) {
            spec.pull();
        }
        Output output = new Output(context.stdout());
        Image built = context.engine()
                .images()
                .build(spec.onOutput(line -> output.line(line.text())).build());
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("docker_image", image);
        results.put("docker_tag", tag);
        results.put("image_id", built.id());
        results.put("digest", built.id());
        return results;
    }
}
