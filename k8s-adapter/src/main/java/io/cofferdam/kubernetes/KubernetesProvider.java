package io.cofferdam.kubernetes;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.DrivenOrchestrator;
import io.cofferdam.driver.KnownOptions;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.OrchestratorProvider;
import java.util.Set;

/**
 * The Kubernetes back end. It looks for a cluster where the usual client would: the files that {@code KUBECONFIG} names,
 * {@code ~/.kube/config}, and the cluster this JVM runs in; a configured host ({@code https://…}) and nothing else.
 * Clusters from Kubernetes 1.19 on are spoken with.
 *
 * <p>An environment is a ConfigMap that holds its pod, a Service of its name, and a pod for each start.
 * Members of a stack find each other in their hosts files: a pod begins with the names of those that run, and learns of later
 * ones by a command inside, for which its image needs {@code sh} and its user the right to write {@code /etc/hosts}. Published
 * ports with a fixed host port are listeners of this JVM and end with it; another JVM that asks for the endpoint goes on
 * serving it. What a session has made and not removed goes by the lease of its owner, with the next sweep on any host.
 *
 * <p>Settings of its own:
 *
 * <ul>
 *   <li>{@code kubernetes.context}: a context of the kubeconfig instead of the current one
 *   <li>{@code kubernetes.namespace}: where everything is made, instead of the context's
 *   <li>{@code kubernetes.kubeconfig}: a file instead of those of {@code KUBECONFIG}
 *   <li>{@code kubernetes.token-file}, {@code kubernetes.certificate-authority}: files for a configured host; the token is
 *       read again when it is a minute old
 *   <li>{@code kubernetes.pull-secrets}: names of secrets by which images are pulled, with commas between
 *   <li>{@code kubernetes.volume-size}: how large volumes are, {@code 1Gi} unless set
 *   <li>{@code kubernetes.pod-addresses}: {@code true} if this host reaches pods at their own addresses, {@code false} if
 *       not; found out unless set
 * </ul>
 */
public final class KubernetesProvider implements OrchestratorProvider {

    static final String NAME = "kubernetes";

    /** Called by {@link java.util.ServiceLoader}. */
    public KubernetesProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Set<String> options() {
        return Settings.NAMES;
    }

    @Override
    public Discovery discover(EngineConfig config) {
        try (Threads threads = Threads.named("cofferdam-kubernetes-discovery")) {
            return ClusterSearch.of(System.getenv(), config, threads).discovery();
        }
    }

    @Override
    public Orchestrator open(EngineConfig config) {
        KnownOptions.check(config, this);
        KubernetesDriver driver = KubernetesDriver.open(config, System.getenv());
        try {
            return DrivenOrchestrator.over(driver, config);
        } catch (RuntimeException failure) {
            driver.close();
            throw failure;
        }
    }
}
