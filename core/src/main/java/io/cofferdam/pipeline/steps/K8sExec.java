package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepFailedException;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Runs a command in a pod. */
final class K8sExec implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    K8s.GROUP,
                    K8s.CLUSTER,
                    K8s.NAMESPACE,
                    K8s.NAME,
                    K8s.SELECTOR,
                    K8s.CONTAINER,
                    Field.required("command", new Shape.Command(), "The program and its arguments."))
            .withResults("exit_code", "stdout");

    @Override
    public String type() {
        return "k8s_exec";
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
        OneShot.Tail tail = new OneShot.Tail(context.stdout());
        int exitCode = K8s.cluster(context)
                .exec(K8s.pods(context), context.config().command("command"), tail, context.stderr());
        Map<String, Object> results = Map.of("exit_code", (long) exitCode, "stdout", tail.text());
        if (exitCode != 0) {
            List<String> lines = context.lastLines();
            throw new StepFailedException(
                    "the command of step '" + context.step() + "' ended with exit code " + exitCode
                            + (lines.isEmpty() ? "" : "; its last lines:\n  " + String.join("\n  ", lines)),
                    FaultClass.USER,
                    null,
                    results);
        }
        return results;
    }
}
