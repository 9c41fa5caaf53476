package io.cofferdam.kubernetes;

import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.OrchestratorProvider;

/**
 * Looks for Kubernetes clusters: the files that {@code KUBECONFIG} names, {@code ~/.kube/config}, and the cluster this
 * JVM runs in.
 *
 * <p>This version of the library does not run environments on a cluster yet. A cluster that answers is therefore reported
 * as a candidate that was rejected for that reason, and {@link #open} always throws.
 */
public final class KubernetesProvider implements OrchestratorProvider {

    /** Called by {@link java.util.ServiceLoader}. */
    public KubernetesProvider() {}

    @Override
    public String name() {
        return "kubernetes";
    }

    @Override
    public Discovery discover(EngineConfig config) {
        return Discovery.missing(
                name(), ClusterSearch.of(System.getenv(), config).rejections());
    }

    @Override
    public Orchestrator open(EngineConfig config) {
        throw discover(config).unavailable();
    }
}
