package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Copies what pods wrote into the output of the step. */
final class K8sLogs implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    K8s.GROUP,
                    K8s.CLUSTER,
                    K8s.NAMESPACE,
                    K8s.NAME,
                    K8s.SELECTOR,
                    K8s.CONTAINER,
                    Field.optional("tail", Shape.count(), "How many lines of each pod at the most."),
                    Field.optional("since", new Shape.Time(), "How far back."))
            .withResults("stdout");

    @Override
    public String type() {
        return "k8s_logs";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        return K8s.check(config, flowing, !config.has("pod_selector"));
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        OneShot.Tail tail = new OneShot.Tail(context.stdout());
        Optional<Integer> lines = config.has("tail") ? Optional.of((int) config.whole("tail", 0)) : Optional.empty();
        K8s.cluster(context).logs(K8s.pods(context), lines, config.time("since"), tail);
        return Map.of("stdout", tail.text());
    }
}
