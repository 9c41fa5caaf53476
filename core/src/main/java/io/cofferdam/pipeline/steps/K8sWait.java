package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Waits until a condition of a resource holds. */
final class K8sWait implements StepProvider {

    private static final Duration USUAL = Duration.ofMinutes(5);
    private static final Duration LONGEST = Duration.ofDays(30);

    private static final StepSchema SCHEMA = StepSchema.of(
                    K8s.GROUP,
                    K8s.CLUSTER,
                    K8s.NAMESPACE,
                    K8s.NAME,
                    K8s.TYPE,
                    Field.optional(
                            "condition", Shape.text(), "What is waited for: available, ready, complete, deleted."),
                    Field.optional("timeout", new Shape.Time(), "How long to wait at the most; 300 s."))
            .withResults("condition");

    @Override
    public String type() {
        return "k8s_wait";
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
        StepConfig config = context.config();
        Cluster.Target target = K8s.target(context);
        String condition = config.text("condition").orElse("available");
        Duration limit = config.time("timeout").orElse(context.deadline().isNone() ? USUAL : LONGEST);
        K8s.cluster(context)
                .await(target, condition, context.deadline().cappedAt(limit).remaining());
        new Output(context.stdout()).line(target.kind() + " " + target.name() + " is " + condition);
        return Map.of("condition", condition);
    }
}
