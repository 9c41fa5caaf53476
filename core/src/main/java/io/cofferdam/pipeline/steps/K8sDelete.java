package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepProvider;
import io.cofferdam.pipeline.StepSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Deletes a resource, or all that carry labels. */
final class K8sDelete implements StepProvider {

    private static final StepSchema SCHEMA = StepSchema.of(
                    K8s.GROUP,
                    K8s.CLUSTER,
                    K8s.NAMESPACE,
                    K8s.NAME,
                    K8s.TYPE,
                    Field.optional("selector", Shape.text(), "Labels of what is deleted, instead of a name."))
            .withResults("deleted");

    @Override
    public String type() {
        return "k8s_delete";
    }

    @Override
    public StepSchema schema() {
        return SCHEMA;
    }

    @Override
    public List<Problem> check(StepConfig config, Set<String> flowing) {
        List<Problem> problems = new ArrayList<>(K8s.check(config, flowing, !config.has("selector")));
        if (config.has("selector") && config.has("k8s_resource_name")) {
            problems.add(new Problem("selector", "there is a name as well", "keep one of them"));
        }
        String selector = ImageReference.plain(config, "selector");
        if (selector != null && !K8s.isSelector(selector)) {
            problems.add(new Problem("selector", "'" + selector + "' selects nothing", "write it as app=my-app"));
        }
        return problems;
    }

    @Override
    public Map<String, ?> run(StepContext context) {
        StepConfig config = context.config();
        Cluster cluster = K8s.cluster(context);
        List<String> deleted = new ArrayList<>();
        if (config.has("selector")) {
            String kind = config.text("resource_type").orElse("deployment");
            cluster.deleteAll(K8s.namespace(context), kind, config.required("selector"))
                    .forEach(target -> deleted.add(target.kind() + "/" + target.name()));
        } else {
            Cluster.Target target = K8s.target(context);
            if (cluster.delete(target)) {
                deleted.add(target.kind() + "/" + target.name());
            }
        }
        deleted.forEach(new Output(context.stdout())::line);
        return Map.of("deleted", deleted);
    }
}
