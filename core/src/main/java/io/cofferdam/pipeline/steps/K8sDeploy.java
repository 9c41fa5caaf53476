package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Secret;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepFailedException;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes a deployment, or everything in a manifest, what it is to be. */
final class K8sDeploy implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    K8s.GROUP,
                    K8s.CLUSTER,
                    K8s.NAMESPACE,
                    K8s.NAME,
                    Field.optional("manifest", Shape.text(), "A file of Kubernetes, instead of a deployment_spec."),
                    Field.optional(
                            "deployment_spec",
                            Shape.Fields.of(
                                    Field.optional("replicas", Shape.count(), "How many pods; 1."),
                                    Field.optional("image", Shape.text(), "Their image; that of the step before."),
                                    Field.optional("command", new Shape.Command(), "What they run."),
                                    Field.optional("container", Shape.text(), "The name of the container."),
                                    Field.optional(
                                            "ports",
                                            new Shape.Listing(Shape.Fields.of(Field.required(
                                                    "container_port",
                                                    new Shape.Whole(1, 65535),
                                                    "A port they listen on."))),
                                            "The ports they listen on."),
                                    Field.optional("environment", Shape.pairs(), "Their variables."),
                                    Field.optional("labels", Shape.pairs(), "Further labels.")),
                            "What is deployed."))
            .withResults("applied")
            .withFlowing("k8s_resource_name", "k8s_namespace", "k8s_cluster");

    @Override
    public String type() {
        return "k8s_deploy";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        List<Problem> problems = new ArrayList<>(K8s.check(config, flowing, false));
        boolean hasManifest = config.has("manifest");
        if (hasManifest == config.has("deployment_spec")) {
            problems.add(new Problem(
                    hasManifest ? "manifest" : "",
                    "a k8s_deploy has either a 'deployment_spec' or a 'manifest'",
                    "write one of them"));
        } else if (!hasManifest) {
            if (!config.has("k8s_resource_name")) {
                problems.add(new Problem("", "the deployment has no name", "set 'k8s_resource_name'"));
            }
            if (!config.within("deployment_spec").has("image") && !flowing.contains("docker_image")) {
                problems.add(new Problem(
                        "deployment_spec", "no image is named, and no step before makes one", "set 'image'"));
            }
        }
        return problems;
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        Cluster cluster = K8s.cluster(context);
        String namespace = K8s.namespace(context);
        List<Cluster.Target> applied;
        if (config.has("manifest")) {
            applied = cluster.apply(manifest(context), namespace);
        } else {
            Cluster.Deployment deployment = deployment(context, namespace);
            cluster.deploy(deployment);
            applied = List.of(deployment.target());
        }
        List<String> names = new ArrayList<>();
        applied.forEach(target -> names.add(target.kind() + "/" + target.name()));
        names.forEach(new Output(context.stdout())::line);
        Cluster.Target main = applied.stream()
                .filter(target -> target.kind().equals("deployment"))
                .findFirst()
                .orElseGet(() -> applied.isEmpty() ? new Cluster.Target(namespace, "deployment", "") : applied.get(0));
        return Map.of(
                "applied",
                names,
                "k8s_resource_name",
                main.name(),
                "k8s_namespace",
                main.namespace() == null ? "" : main.namespace(),
                "k8s_cluster",
                K8s.reference(context));
    }

    private static String manifest(StepContext context) {
        String file = context.config().required("manifest");
        try {
            return Files.readString(context.folder().resolve(file));
        } catch (IOException unreadable) {
            throw new StepFailedException(
                    "could not read the manifest '" + file + "' of step '" + context.step() + "': " + unreadable
                            + "; paths are taken from the folder of the pipeline",
                    FaultClass.USER,
                    unreadable);
        }
    }

    private static Cluster.Deployment deployment(StepContext context, @Nullable String namespace) {
        StepConfig config = context.config();
        String name = config.required("k8s_resource_name");
        StepConfig spec = config.within("deployment_spec");
        Map<String, String> environment = new LinkedHashMap<>();
        Map<String, String> secrets = new LinkedHashMap<>();
        spec.pairs("environment").forEach((variable, value) -> {
            if (value instanceof Secret secret) {
                secrets.put(variable, secret.reveal());
            } else {
                environment.put(variable, String.valueOf(value));
            }
        });
        List<Integer> ports = new ArrayList<>();
        spec.each("ports").forEach(port -> ports.add((int) port.whole("container_port", 0)));
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app", name);
        spec.pairs("labels").forEach((label, value) -> labels.put(label, String.valueOf(value)));
        String image = spec.text("image")
                .or(() -> context.flowing("docker_image").map(String::valueOf))
                .orElseThrow(() -> new StepFailedException(
                        "step '" + context.step() + "' names no image, and no step before it made one; set 'image'",
                        FaultClass.USER,
                        null));
        return new Cluster.Deployment(
                new Cluster.Target(namespace, "deployment", name),
                (int) spec.whole("replicas", 1),
                image,
                spec.command("command"),
                environment,
                secrets,
                ports,
                labels,
                spec.text("container").orElse(name),
                context.catalogue().loginFor(image).orElse(null));
    }
}
