package io.cofferdam.kubernetes;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.tck.ClusterStepContract;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Timeout;

/** The step types on clusters, on a real one. */
@OnKubernetes
@Timeout(300)
class StepContractOnKubernetesTest {

    private static final String NAMESPACE =
            "steps-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private static final String IMAGE = "cofferdam-test/busybox:2";
    private static final List<String> IDLE = List.of("sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait");

    @BeforeAll
    static void deploy() {
        try (Orchestrator kubernetes = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            Cluster cluster = new StepClusters().of(kubernetes).orElseThrow();
            cluster.apply("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(NAMESPACE), null);
            Cluster.Target target = new Cluster.Target(NAMESPACE, "deployment", "there");
            cluster.deploy(new Cluster.Deployment(
                    target, 1, IMAGE, IDLE, Map.of(), Map.of(), List.of(), Map.of("app", "there"), "main", null));
            cluster.await(target, "available", Duration.ofMinutes(2));
        }
    }

    @AfterAll
    static void remove() {
        try (Orchestrator kubernetes = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            new StepClusters().of(kubernetes).orElseThrow().delete(new Cluster.Target(null, "namespace", NAMESPACE));
        }
    }

    /** On the cluster, for one type. */
    abstract static class OnCluster extends ClusterStepContract {

        OnCluster(String type) {
            super(type);
        }

        @Override
        protected Orchestrator open(Path state) {
            return new KubernetesProvider().open(OnKubernetes.CONFIG);
        }

        @Override
        protected String engineName() {
            return "kubernetes";
        }

        @Override
        protected String namespace() {
            return NAMESPACE;
        }

        @Override
        protected List<String> goodCommand() {
            return List.of("sh", "-c", "echo good");
        }

        @Override
        protected List<String> badCommand() {
            return List.of("sh", "-c", "echo bad >&2; exit 3");
        }

        @Override
        protected List<String> endlessCommand() {
            return List.of("sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.1; done");
        }

        @Override
        protected Map<String, ?> refusedDeployment() {
            return Map.of("image", IMAGE, "labels", Map.of("not a label", "x"));
        }

        @Override
        protected Map<String, ?> goodDeployment() {
            return Map.of("image", IMAGE, "command", IDLE, "replicas", 0);
        }
    }

    @Nested
    class Deploy extends OnCluster {
        Deploy() {
            super("k8s_deploy");
        }
    }

    @Nested
    class Scale extends OnCluster {
        Scale() {
            super("k8s_scale");
        }
    }

    @Nested
    class Delete extends OnCluster {
        Delete() {
            super("k8s_delete");
        }
    }

    @Nested
    class Wait extends OnCluster {
        Wait() {
            super("k8s_wait");
        }
    }

    @Nested
    class Exec extends OnCluster {
        Exec() {
            super("k8s_exec");
        }
    }

    @Nested
    class Logs extends OnCluster {
        Logs() {
            super("k8s_logs");
        }
    }
}
