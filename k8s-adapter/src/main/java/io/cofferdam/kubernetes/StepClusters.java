package io.cofferdam.kubernetes;

import io.cofferdam.driver.DrivenOrchestrator;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.ClusterProvider;
import java.util.Optional;

/** Gives steps of pipelines the cluster that an orchestrator of this back end is connected to. */
public final class StepClusters implements ClusterProvider {

    /** Called by {@link java.util.ServiceLoader}. */
    public StepClusters() {}

    @Override
    public Optional<io.cofferdam.pipeline.Cluster> of(Orchestrator engine) {
        return DrivenOrchestrator.driver(engine, KubernetesDriver.class).map(KubernetesDriver::cluster);
    }
}
