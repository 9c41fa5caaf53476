package io.cofferdam.pipeline.steps;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.ClusterProvider;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepFailedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What all steps on a cluster have in common: which cluster, which namespace, which resource. */
final class K8s {

    static final String GROUP = "k8s_config";
    static final Shape.Field CLUSTER = Field.optional(
            "k8s_cluster",
            Shape.text(),
            "The number or name of the cluster in the catalogue; that of the step before.");
    static final Shape.Field NAMESPACE =
            Field.optional("k8s_namespace", Shape.text(), "The namespace; that of the last k8s_deploy.");
    static final Shape.Field NAME =
            Field.optional("k8s_resource_name", Shape.text(), "The resource's name; that of the last k8s_deploy.");
    static final Shape.Field TYPE = Field.optional(
            "resource_type", Shape.text(), "The resource's kind, such as deployment, which it is without it.");
    static final Shape.Field SELECTOR =
            Field.optional("pod_selector", Shape.text(), "Labels of the pods, such as app=my-app.");
    static final Shape.Field CONTAINER =
            Field.optional("container", Shape.text(), "The container in the pod; its first.");

    private static final Pattern NAME_FORM = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?");
    private static final Pattern SELECTOR_FORM = Pattern.compile("[A-Za-z0-9_./=!,() -]+");

    private K8s() {}

    static List<Problem> check(StepConfig config, Set<String> flowing, boolean wantsName) {
        List<Problem> problems = new ArrayList<>();
        for (String field : List.of("k8s_namespace", "k8s_resource_name")) {
            String name = ImageReference.plain(config, field);
            if (name != null && !NAME_FORM.matcher(name).matches()) {
                problems.add(new Problem(
                        field,
                        "'" + name + "' is no name in a cluster",
                        "use up to 253 of a-z, 0-9, '-' and '.', beginning and ending with a letter or digit"));
            }
        }
        String selector = ImageReference.plain(config, "pod_selector");
        if (selector != null && !isSelector(selector)) {
            problems.add(new Problem("pod_selector", "'" + selector + "' selects nothing", "write it as app=my-app"));
        }
        if (wantsName && !config.has("k8s_resource_name") && !flowing.contains("k8s_resource_name")) {
            problems.add(new Problem(
                    "",
                    "no resource is named, and no step before deploys one",
                    "set 'k8s_resource_name', or have a k8s_deploy before"));
        }
        return problems;
    }

    static boolean isSelector(String text) {
        return !text.isBlank() && SELECTOR_FORM.matcher(text).matches();
    }

    /** The cluster a step means. */
    static Cluster cluster(StepContext context) {
        String reference = context.config()
                .text("k8s_cluster")
                .or(() -> context.flowing("k8s_cluster").map(String::valueOf))
                .orElse("1");
        Optional<Cluster> given = context.catalogue().cluster(reference);
        if (given.isPresent()) {
            return given.get();
        }
        String engineName = context.catalogue()
                .clusterEngine(reference)
                .orElseThrow(() -> new StepFailedException(
                        "the catalogue has no cluster '" + reference + "', which step '" + context.step()
                                + "' needs; add it to the catalogue",
                        FaultClass.USER,
                        null));
        Orchestrator engine = engineName.isEmpty() ? context.engine() : context.engine(engineName);
        for (ClusterProvider provider : ServiceLoader.load(ClusterProvider.class, K8s.class.getClassLoader())) {
            Optional<Cluster> cluster = provider.of(engine);
            if (cluster.isPresent()) {
                return cluster.get();
            }
        }
        throw new StepFailedException(
                "step '" + context.step() + "' needs a Kubernetes cluster, and cluster '" + reference
                        + "' is the engine '" + engine.info().engine()
                        + "', which is none; put cofferdam-kubernetes on the class path and open the engine"
                        + " 'kubernetes', or give the catalogue a cluster",
                FaultClass.USER,
                null);
    }

    static String reference(StepContext context) {
        return context.config()
                .text("k8s_cluster")
                .or(() -> context.flowing("k8s_cluster").map(String::valueOf))
                .orElse("1");
    }

    static @Nullable String namespace(StepContext context) {
        return context.config()
                .text("k8s_namespace")
                .or(() -> context.flowing("k8s_namespace").map(String::valueOf))
                .filter(name -> !name.isEmpty())
                .orElse(null);
    }

    static Cluster.Target target(StepContext context) {
        String name = context.config()
                .text("k8s_resource_name")
                .or(() -> context.flowing("k8s_resource_name").map(String::valueOf))
                .orElseThrow(() -> new StepFailedException(
                        "step '" + context.step() + "' names no resource, and no step before it deployed one;"
                                + " set 'k8s_resource_name'",
                        FaultClass.USER,
                        null));
        String kind = context.config().text("resource_type").orElse("deployment");
        return new Cluster.Target(namespace(context), kind.toLowerCase(java.util.Locale.ROOT), name);
    }

    static Cluster.Pods pods(StepContext context) {
        String selector = context.config()
                .text("pod_selector")
                .orElseGet(() -> "app=" + target(context).name());
        return new Cluster.Pods(
                namespace(context), selector, context.config().text("container").orElse(null));
    }
}
