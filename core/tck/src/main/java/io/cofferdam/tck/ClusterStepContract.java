package io.cofferdam.tck;

import io.cofferdam.pipeline.Step;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the steps {@code k8s_…} do on any cluster. A subclass says which step type, and has a deployment {@code there} of one pod with a
 * shell in the namespace it names.
 */
public abstract class ClusterStepContract extends StepContract {

    private final String type;

    /**
     * For subclasses.
     *
     * @param type the step type
     */
    protected ClusterStepContract(String type) {
        this.type = type;
    }

    @Override
    protected final String type() {
        return type;
    }

    /**
     * The namespace of the deployment.
     *
     * @return its name
     */
    protected abstract String namespace();

    /**
     * A command that ends well.
     *
     * @return the program and its arguments
     */
    protected abstract List<String> goodCommand();

    /**
     * A command that ends with another code than 0.
     *
     * @return the program and its arguments
     */
    protected abstract List<String> badCommand();

    /**
     * A command that writes a line and runs until it is stopped.
     *
     * @return the program and its arguments
     */
    protected abstract List<String> endlessCommand();

    /**
     * A deployment specification that the cluster refuses in this namespace.
     *
     * @return image and whatever else it takes
     */
    protected abstract Map<String, ?> refusedDeployment();

    /**
     * A deployment specification that can be carried out.
     *
     * @return image and command
     */
    protected abstract Map<String, ?> goodDeployment();

    private Step.Builder there(Step.Builder step) {
        return step.set("k8s_namespace", namespace()).set("k8s_resource_name", "there");
    }

    @Override
    protected final Step.Builder succeeding(Step.Builder step) {
        return switch (type) {
            case "k8s_deploy" ->
                step.set("k8s_namespace", namespace())
                        .set("k8s_resource_name", "another")
                        .set("deployment_spec", goodDeployment());
            case "k8s_scale" -> there(step).set("replicas", 1);
            case "k8s_delete" -> step.set("k8s_namespace", namespace()).set("k8s_resource_name", "not-there");
            case "k8s_exec" -> there(step).set("command", goodCommand());
            default -> there(step);
        };
    }

    @Override
    protected final Step.Builder failing(Step.Builder step) {
        Step.Builder missing = step.set("k8s_namespace", namespace()).set("k8s_resource_name", "not-there");
        return switch (type) {
            case "k8s_deploy" -> missing.set("deployment_spec", refusedDeployment());
            case "k8s_scale" -> missing.set("replicas", 1);
            case "k8s_delete" -> missing.set("resource_type", "rocket");
            case "k8s_exec" -> there(step).set("command", badCommand());
            case "k8s_logs" -> missing.set("pod_selector", "app=nobody");
            default -> missing;
        };
    }

    @Override
    protected final Optional<Step.Builder> endless(Step.Builder step) {
        return switch (type) {
            case "k8s_exec" -> Optional.of(there(step).set("command", endlessCommand()));
            case "k8s_wait" -> Optional.of(there(step).set("condition", "never"));
            default -> Optional.empty();
        };
    }
}
