package io.cofferdam.pipeline.steps;

import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepFailedException;
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
    private static final Duration MOST_RESERVE = Duration.ofSeconds(2);

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
        Output output = new Output(context.stdout());
        output.line("waiting until " + target.kind() + " " + target.name() + " is " + condition);
        Duration time = beforeTheEnd(context, limit);
        try {
            K8s.cluster(context).await(target, condition, time);
        } catch (OperationTimeoutException late) {
            String which = time.equals(limit) ? "" : "step '" + context.step() + "' took longer than its timeout: ";
            // Neither the cluster's nor this pipeline's fault for certain: only time tells.
            throw new StepFailedException(which + late.getMessage(), FaultClass.TIMEOUT, late);
        }
        output.line(target.kind() + " " + target.name() + " is " + condition);
        return Map.of("condition", condition);
    }

    /** Short of the end of the attempt there has to be time to find out what was in the way. */
    private static Duration beforeTheEnd(StepContext context, Duration limit) {
        if (context.deadline().isNone()) {
            return limit;
        }
        Duration left = context.deadline().remaining();
        Duration reserve = left.dividedBy(10);
        Duration latest = left.minus(reserve.compareTo(MOST_RESERVE) > 0 ? MOST_RESERVE : reserve);
        return latest.compareTo(limit) < 0 ? latest : limit;
    }
}
