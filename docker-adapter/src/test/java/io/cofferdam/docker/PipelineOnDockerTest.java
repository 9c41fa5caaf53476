package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineLoader;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.StepOutput;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.resource.RegistryCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines on a real Docker Engine and a real registry. */
@OnDocker
class PipelineOnDockerTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final Map<String, String> ENV = System.getenv();

    @TempDir
    Path folder;

    private final String name =
            "cofferdam-test/p" + UUID.randomUUID().toString().substring(0, 8);
    private final List<String> images = new ArrayList<>();
    private Orchestrator docker;
    private PipelineEngine engine;

    @BeforeEach
    void open() {
        docker = Cofferdam.open("docker", EngineConfig.defaults());
        engine = PipelineEngine.builder()
                .engine("docker", docker)
                .directory(folder.resolve("runs"))
                .folder(folder)
                .catalogue(Catalogue.builder()
                        .registry(
                                "1",
                                ENV.getOrDefault("COFFERDAM_TEST_REGISTRY", ""),
                                RegistryCredentials.of(
                                        ENV.getOrDefault("COFFERDAM_TEST_REGISTRY_USER", "nobody"),
                                        ENV.getOrDefault("COFFERDAM_TEST_REGISTRY_PASSWORD", "nothing")))
                        .registry(
                                "wrong",
                                ENV.getOrDefault("COFFERDAM_TEST_REGISTRY", ""),
                                RegistryCredentials.of("nobody", "wrong-password"))
                        .clusterOfEngine("1", "docker")
                        .build())
                .build();
    }

    @AfterEach
    void close() {
        engine.close();
        images.forEach(image -> docker.images().remove(image, true));
        docker.close();
    }

    private PipelineRun run(String yaml, Map<String, ?> variables) {
        Pipeline pipeline =
                PipelineLoader.ofYaml(yaml, folder).withVariables(variables).load();
        return engine.run(pipeline, variables);
    }

    private static StepRecord step(PipelineRun run, String name) {
        return run.steps().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @DisplayName(
            "an image is built, run, pushed, pulled, named and removed; without a cluster the deploy says what to add")
    void buildToPush() throws IOException {
        String registry = ENV.getOrDefault("COFFERDAM_TEST_REGISTRY", "");
        assumeTrue(!registry.isEmpty(), "COFFERDAM_TEST_REGISTRY names no registry");
        Files.writeString(folder.resolve("Dockerfile"), """
            FROM cofferdam-test/busybox:2
            ARG VERSION
            RUN echo "version $VERSION" > /version
            """);
        images.add(name + ":42");
        images.add(registry + "/" + name + ":42");
        images.add(name + ":other");

        PipelineRun run = run("""
            pipeline:
              name: my-app
              execution_mode: local
              steps:
                - name: build
                  type: docker_build
                  order: 1
                  docker_image: %s
                  docker_tag: "{{build_number}}"
                  docker_config:
                    dockerfile: Dockerfile
                    context: .
                    build_args: {VERSION: "{{build_number}}"}
                - name: test
                  type: docker_run
                  order: 2
                  docker_config:
                    command: ["sh", "-c", "cat /version; echo $MODE >&2"]
                    environment: {MODE: test}
                    remove: true
                - name: push
                  type: docker_push
                  order: 3
                  docker_registry: 1
                  docker_config: {registry_url: "%s"}
                - {name: pull, type: docker_pull, order: 4}
                - {name: tag, type: docker_tag, order: 5, target: "%s:other"}
                - {name: remove, type: docker_remove, order: 6, images: ["%s:other"]}
                - name: deploy
                  type: k8s_deploy
                  order: 7
                  k8s_cluster: 1
                  k8s_namespace: production
                  k8s_resource_name: my-app
                  k8s_config:
                    deployment_spec: {replicas: 3, image: "{{docker_image}}", ports: [{container_port: 8080}]}
                - {name: wait, type: k8s_wait, order: 8, k8s_config: {condition: available, timeout: 300}}
            """.formatted(name, "https://" + registry + "/", name, name), Map.of("build_number", 42));

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
        assertThat(step(run, "build").resultValues())
                .containsEntry("docker_image", name + ":42")
                .containsEntry("docker_tag", "42");
        assertThat(step(run, "test").resultValues())
                .containsEntry("exit_code", 0L)
                .containsEntry("stdout", "version 42");
        assertThat(step(run, "push").resultValues())
                .as(step(run, "push").message())
                .containsEntry("docker_image", registry + "/" + name + ":42");
        assertThat(String.valueOf(step(run, "push").resultValues().get("digest")))
                .startsWith("sha256:");
        assertThat(step(run, "pull").resultValues().get("digest"))
                .isEqualTo(step(run, "push").resultValues().get("digest"));
        assertThat(step(run, "remove").resultValues()).containsEntry("removed", List.of(name + ":other"));
        assertThat(step(run, "deploy").message())
                .contains("needs a Kubernetes cluster")
                .contains("put cofferdam-kubernetes on the class path");
        assertThat(step(run, "wait").message()).isEqualTo("'deploy' failed");
        assertThat(docker.environments().list(LabelSelector.of("pipeline.run", run.id())))
                .isEmpty();
    }

    @Test
    @DisplayName("a service beside a step is reached by its name, and gone after it with its network")
    void services() {
        PipelineRun run = run("""
            pipeline:
              name: p
              steps:
                - name: test
                  type: docker_run
                  docker_image: cofferdam-test/busybox:2
                  command: ["wget", "-q", "-O", "-", "http://web:8080/"]
                  services:
                    - name: web
                      image: cofferdam-test/busybox:2
                      command: ["sh", "-c", "echo hello > /tmp/index.html; exec httpd -f -p 8080 -h /tmp"]
                      ready: {port: 8080}
            """, Map.of());

        assertThat(run.await(PATIENCE).status()).as(step(run, "test").message()).isEqualTo(RunStatus.SUCCEEDED);
        assertThat(step(run, "test").resultValues()).containsEntry("stdout", "hello");
        assertThat(docker.environments().list(LabelSelector.all()))
                .noneMatch(environment -> environment.name().contains(run.id()));
        assertThat(docker.networks().list(LabelSelector.all()))
                .noneMatch(network -> network.name().contains(run.id()));
    }

    @Test
    @DisplayName(
            "faults tell which: an image that is missing, a command that fails, a registry that refuses, too little"
                    + " memory")
    void faults() {
        images.add(name + ":1");
        PipelineRun run = run("""
            pipeline:
              name: p
              steps:
                - {name: image, type: docker_run, needs: [], docker_image: cofferdam-test/none:9, command: "true"}
                - name: command
                  type: docker_run
                  needs: []
                  docker_image: cofferdam-test/busybox:2
                  command: ["sh", "-c", "echo nearly; echo wrong >&2; exit 7"]
                - {name: tag, type: docker_tag, needs: [], docker_image: "cofferdam-test/busybox:2", target: "%s:1"}
                - {name: refused, type: docker_push, needs: [tag], docker_registry: wrong}
                - name: memory
                  type: docker_run
                  needs: []
                  docker_image: cofferdam-test/busybox:2
                  memory: 8m
                  command: ["sh", "-c", "echo filling; exec tail /dev/zero"]
            """.formatted(name), Map.of());

        run.await(PATIENCE);
        images.add(ENV.getOrDefault("COFFERDAM_TEST_REGISTRY", "") + "/" + name + ":1");
        assertThat(step(run, "image").message()).contains("cofferdam-test/none:9");
        assertThat(step(run, "command").message())
                .contains("exit code 7")
                .contains("nearly")
                .contains("wrong");
        assertThat(step(run, "command").fault()).isEqualTo(FaultClass.USER);
        assertThat(step(run, "refused").fault()).isEqualTo(FaultClass.USER);
        assertThat(step(run, "refused").message()).doesNotContain("wrong-password");
        assertThat(step(run, "memory").message()).contains("killed");
    }

    @Test
    @DisplayName("cancelled at random moments, no container stays")
    void randomCancels() throws InterruptedException {
        Random random = new Random(11);
        List<PipelineRun> runs = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            PipelineRun run = run("""
                pipeline:
                  name: p
                  steps:
                    - {name: a, type: docker_run, needs: [], docker_image: "cofferdam-test/busybox:2", command: [sleep, 60], grace: 0}
                    - {name: b, type: docker_run, needs: [], docker_image: "cofferdam-test/busybox:2", command: [sleep, 60], grace: 0}
                """, Map.of());
            CountDownLatch later = new CountDownLatch(1);
            // The moment is what is tried here, from before the creation to after the start.
            assertThat(later.await(random.nextInt(700), TimeUnit.MILLISECONDS)).isFalse();
            run.cancel();
            runs.add(run);
        }
        for (PipelineRun run : runs) {
            assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.CANCELLED);
            assertThat(docker.environments().list(LabelSelector.of("pipeline.run", run.id())))
                    .isEmpty();
        }
    }

    @Test
    @DisplayName("output of both streams comes live and apart")
    void output() {
        List<String> lines = new java.util.concurrent.CopyOnWriteArrayList<>();
        engine.events()
                .subscribe(StepOutput.class, line -> lines.add((line.isError() ? "err " : "out ") + line.line()));
        PipelineRun run = run("""
            pipeline:
              name: p
              steps:
                - name: a
                  type: docker_run
                  docker_image: cofferdam-test/busybox:2
                  command: ["sh", "-c", "echo one; echo two >&2; printf three"]
            """, Map.of());

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.SUCCEEDED);
        engine.close();
        assertThat(lines).containsExactlyInAnyOrder("out one", "err two", "out three");
    }
}
