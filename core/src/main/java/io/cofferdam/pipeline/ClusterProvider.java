package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.engine.Orchestrator;
import java.util.Optional;

/** Makes clusters of engines. Found by {@link java.util.ServiceLoader}; a back end for Kubernetes brings one. */
@Experimental
public interface ClusterProvider {

    /**
     * The cluster an engine works with.
     *
     * @param engine an open engine
     * @return the cluster, usable until the engine is closed; empty if the engine is none of this provider's
     */
    Optional<Cluster> of(Orchestrator engine);
}
