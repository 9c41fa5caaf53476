package io.cofferdam.pipeline.steps;

import io.cofferdam.pipeline.StepProvider;
import java.util.List;

/** All step types of this library. */
public final class BuiltInSteps {

    private BuiltInSteps() {}

    /**
     * New providers of all types.
     *
     * @return the providers
     */
    public static List<StepProvider> all() {
        return List.of(
                new DockerBuild(),
                new DockerRun(),
                new DockerPush(),
                new DockerPull(),
                new DockerTag(),
                new DockerRemove(),
                new ProcessRun(),
                new K8sDeploy(),
                new K8sScale(),
                new K8sWait(),
                new K8sExec(),
                new K8sLogs(),
                new K8sDelete());
    }
}
