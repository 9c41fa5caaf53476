package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Sets how many replicas there are. */
final class K8sScale implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    K8s.GROUP,
                    K8s.CLUSTER,
                    K8s.NAMESPACE,
                    K8s.NAME,
                    K8s.TYPE,
                    Field.required("replicas", Shape.count(), "How many there are to be."))
            .withResults("replicas", "former_replicas");

    @Override
    public String type() {
        return "k8s_scale";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        return K8s.check(config, flowing, true);
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        Cluster.Target target = K8s.target(context);
        int replicas = (int) context.config().whole("replicas", 1);
        int former = K8s.cluster(context).scale(target, replicas);
        new Output(context.stdout())
                .line(target.kind() + " " + target.name() + ": " + former + " to " + replicas + " replicas");
        return Map.of("replicas", (long) replicas, "former_replicas", (long) former);
    }
}
