package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineLoader;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.SecretProvider;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.resource.RegistryCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The steps on clusters: what they ask a cluster for, and what they make of its answers. */
class ClusterStepsTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final FakeCluster cluster = new FakeCluster();

    @TempDir
    private Path folder;

    private PipelineRun run(String steps) {
        PipelineEngine engine = PipelineEngine.builder()
                .directory(folder.resolve("runs"))
                .folder(folder)
                .secrets(SecretProvider.of(Map.of("token", "s3cr3t-t0k3n")))
                .catalogue(Catalogue.builder()
                        .registry("1", "registry.example:5000", RegistryCredentials.of("ci", "r3g1stry"))
                        .cluster("1", cluster)
                        .cluster("production", cluster)
                        .build())
                .build();
        try (engine) {
            PipelineRun run = engine.run(
                    PipelineLoader.ofYaml("pipeline:\n  name: p\n  steps:\n" + steps.indent(4), folder)
                            .load(),
                    Map.of());
            run.await(PATIENCE);
            return run;
        }
    }

    private static StepRecord step(PipelineRun run, String name) {
        return run.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName("what is deployed is meant by the steps after it; secrets and the registry's login go their own ways")
    void flow() {
        PipelineRun run = run("""
            - name: deploy
              type: k8s_deploy
              order: 1
              k8s_cluster: production
              k8s_namespace: shop
              k8s_resource_name: web
              k8s_config:
                deployment_spec:
                  replicas: 3
                  image: registry.example:5000/web:1
                  command: [serve, "--fast"]
                  container: main
                  ports: [{container_port: 8080}, {container_port: 8081}]
                  environment: {MODE: fast, TOKEN: "{{secrets.token}}"}
                  labels: {tier: front}
            - {name: wait, type: k8s_wait, order: 2, k8s_config: {timeout: 5m}}
            - {name: exec, type: k8s_exec, order: 3, command: serve --check}
            - {name: logs, type: k8s_logs, order: 4, tail: 7, since: 2m, container: main}
            - {name: scale, type: k8s_scale, order: 5, replicas: 5}
            - {name: delete, type: k8s_delete, order: 6}
            - {name: rest, type: k8s_delete, order: 7, resource_type: service, selector: app=web}
            """);

        assertThat(run.record().status()).as(run.steps().toString()).isEqualTo(RunStatus.SUCCEEDED);
        Cluster.Deployment deployed = cluster.deployments.get("shop/deployment/web");
        assertThat(deployed)
                .isEqualTo(new Cluster.Deployment(
                        new Cluster.Target("shop", "deployment", "web"),
                        3,
                        "registry.example:5000/web:1",
                        List.of("serve", "--fast"),
                        Map.of("MODE", "fast"),
                        Map.of("TOKEN", "s3cr3t-t0k3n"),
                        List.of(8080, 8081),
                        Map.of("app", "web", "tier", "front"),
                        "main",
                        RegistryCredentials.of("ci", "r3g1stry")));
        assertThat(deployed.toString()).doesNotContain("s3cr3t", "r3g1stry");
        assertThat(cluster.calls)
                .containsExactly(
                        "deploy " + deployed,
                        "await shop/deployment/web available 300",
                        "exec Pods[namespace=shop, selector=app=web, container=null] [serve, --check]",
                        "logs Pods[namespace=shop, selector=app=web, container=main] Optional[7] Optional[PT2M]",
                        "scale shop/deployment/web to 5",
                        "delete shop/deployment/web",
                        "delete every service with app=web in shop");
        assertThat(step(run, "exec").resultValues())
                .containsEntry("stdout", "serve --check")
                .containsEntry("exit_code", 0L);
        assertThat(step(run, "scale").resultValues())
                .containsEntry("replicas", 5L)
                .containsEntry("former_replicas", 3L);
        assertThat(step(run, "delete").resultValues()).containsEntry("deleted", List.of("deployment/web"));
        assertThat(step(run, "rest").resultValues()).containsEntry("deleted", List.of("service/one", "service/two"));
    }

    @Test
    @DisplayName("of a manifest the first deployment is meant by the steps after it")
    void manifest() throws IOException {
        Files.writeString(folder.resolve("app.yaml"), "service web\ndeployment api\ndeployment other\n");

        PipelineRun run = run("""
            - {name: deploy, type: k8s_deploy, order: 1, k8s_namespace: shop, manifest: app.yaml}
            - {name: scale, type: k8s_scale, order: 2, replicas: 2}
            - {name: absent, type: k8s_deploy, order: 3, manifest: nothing.yaml}
            """);

        assertThat(step(run, "deploy").resultValues())
                .containsEntry("applied", List.of("service/web", "deployment/api", "deployment/other"))
                .containsEntry("k8s_resource_name", "api");
        assertThat(cluster.calls).contains("scale shop/deployment/api to 2");
        assertThat(step(run, "absent").message()).contains("could not read the manifest 'nothing.yaml'");
    }

    @Test
    @DisplayName(
            "a wait that takes too long is a timeout, and says what was in the way; a command that fails is the user's"
                    + " fault")
    void faults() {
        cluster.replicas.put("null/deployment/web", 1);
        PipelineRun run = run("""
            - {name: late, type: k8s_wait, needs: [], k8s_resource_name: web, condition: never, k8s_config: {timeout: 50ms}}
            - {name: limited, type: k8s_wait, needs: [], k8s_resource_name: web, condition: never, timeout: 3s}
            - {name: broken, type: k8s_exec, needs: [], k8s_resource_name: web, command: [fail, now]}
            """);

        for (String name : List.of("late", "limited")) {
            assertThat(step(run, name).message()).contains("no pod is ready");
            assertThat(step(run, name).fault()).isEqualTo(FaultClass.TIMEOUT);
        }
        assertThat(step(run, "broken").message())
                .contains("exit code 3")
                .contains("fail now")
                .contains("said so");
        assertThat(step(run, "broken").fault()).isEqualTo(FaultClass.USER);
    }

    /** On the fake cluster, for one type. */
    abstract static class OnFakeCluster extends ClusterStepContract {

        private final FakeCluster cluster = new FakeCluster();

        OnFakeCluster(String type) {
            super(type);
            cluster.replicas.put("shop/deployment/there", 1);
        }

        @Override
        protected Orchestrator open(Path state) {
            return Cofferdam.open(
                    "process", EngineConfig.builder().stateDirectory(state).build());
        }

        @Override
        protected String engineName() {
            return "process";
        }

        @Override
        protected Catalogue catalogue() {
            return Catalogue.builder().cluster("1", cluster).build();
        }

        @Override
        protected String namespace() {
            return "shop";
        }

        @Override
        protected List<String> goodCommand() {
            return List.of("good");
        }

        @Override
        protected List<String> badCommand() {
            return List.of("fail");
        }

        @Override
        protected List<String> endlessCommand() {
            return List.of("hang");
        }

        @Override
        protected Map<String, ?> refusedDeployment() {
            return Map.of("image", "refused");
        }

        @Override
        protected Map<String, ?> goodDeployment() {
            return Map.of("image", "web:1");
        }
    }

    @Nested
    class Deploy extends OnFakeCluster {
        Deploy() {
            super("k8s_deploy");
        }
    }

    @Nested
    class Scale extends OnFakeCluster {
        Scale() {
            super("k8s_scale");
        }
    }

    @Nested
    class Delete extends OnFakeCluster {
        Delete() {
            super("k8s_delete");
        }
    }

    @Nested
    class Wait extends OnFakeCluster {
        Wait() {
            super("k8s_wait");
        }
    }

    @Nested
    class Exec extends OnFakeCluster {
        Exec() {
            super("k8s_exec");
        }
    }

    @Nested
    class Logs extends OnFakeCluster {
        Logs() {
            super("k8s_logs");
        }
    }
}
