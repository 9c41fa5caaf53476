package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.pipeline.Cluster;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Pipeline;
import io.cofferdam.pipeline.PipelineEngine;
import io.cofferdam.pipeline.PipelineLoader;
import io.cofferdam.pipeline.PipelineRun;
import io.cofferdam.pipeline.RunStatus;
import io.cofferdam.pipeline.SecretProvider;
import io.cofferdam.pipeline.StepOutput;
import io.cofferdam.pipeline.StepRecord;
import io.cofferdam.pipeline.StepStatus;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Steps on a real cluster. */
@OnKubernetes
@Timeout(300)
class PipelineOnKubernetesTest {

    private static final Duration PATIENCE = Duration.ofMinutes(4);
    private static final String NAMESPACE =
            "pipeline-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private static final String SECRET = "s3cr3t-of-the-cluster";

    private static Orchestrator kubernetes;
    private static Cluster cluster;

    @TempDir
    private Path folder;

    private PipelineEngine engine;

    @BeforeAll
    static void open() {
        kubernetes = new KubernetesProvider().open(OnKubernetes.CONFIG);
        cluster = new StepClusters().of(kubernetes).orElseThrow();
        cluster.apply("""
            apiVersion: v1
            kind: Namespace
            metadata: {name: %s}
            """.formatted(NAMESPACE), null);
    }

    @AfterAll
    static void close() {
        try (Orchestrator closed = kubernetes) {
            assertThat(closed).isNotNull();
            assertThat(cluster.delete(new Cluster.Target(null, "namespace", NAMESPACE)))
                    .isTrue();
        }
    }

    @BeforeEach
    void build() {
        engine = PipelineEngine.builder()
                .engine("kubernetes", kubernetes)
                .directory(folder.resolve("runs"))
                .folder(folder)
                .secrets(SecretProvider.of(Map.of("token", SECRET)))
                .build();
    }

    @AfterEach
    void end() {
        engine.close();
    }

    private PipelineRun run(String steps, Map<String, ?> variables) {
        String yaml = "pipeline:\n  name: p\n  steps:\n"
                + steps.replace("NAMESPACE", NAMESPACE).indent(4);
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

    private static String output(PipelineRun run, String step) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        run.copyOutput(step, out, new ByteArrayOutputStream());
        return out.toString(StandardCharsets.UTF_8);
    }

    private static void assertSucceeded(PipelineRun run) {
        assertThat(run.await(PATIENCE).status()).as(run.steps().toString()).isEqualTo(RunStatus.SUCCEEDED);
    }

    @Test
    @DisplayName(
            "a deployment is made, waited for, asked, scaled, changed and deleted; hostile values arrive as they are")
    void deployToDelete() {
        String hostile = "$(HOME) $$x `id` ; \n {{x}} \"'\\ *";
        PipelineRun run = run("""
            - name: deploy
              type: k8s_deploy
              order: 1
              k8s_cluster: 1
              k8s_namespace: NAMESPACE
              k8s_resource_name: my-app
              k8s_config:
                deployment_spec:
                  replicas: 2
                  image: cofferdam-test/web:2
                  ports: [{container_port: 8080}]
                  environment: {VALUE: "{{value}}", TOKEN: "{{secrets.token}}"}
            - {name: wait, type: k8s_wait, order: 2, k8s_config: {condition: available, timeout: 120}}
            - name: value
              type: k8s_exec
              order: 3
              k8s_config:
                command: [sh, -c, 'printf %s "$VALUE$1"', sh, "{{value}}"]
                pod_selector: app=my-app
                container: my-app
            - {name: token, type: k8s_exec, order: 3, command: [sh, -c, 'echo "$TOKEN"; echo problem >&2']}
            - {name: version, type: k8s_exec, order: 3, command: [wget, -q, -O, "-", "http://127.0.0.1:8080/version"]}
            - {name: scale, type: k8s_scale, order: 4, replicas: 1}
            - {name: scaled, type: k8s_wait, order: 5, condition: available, timeout: 120}
            - {name: delete, type: k8s_delete, order: 6}
            - {name: gone, type: k8s_wait, order: 7, condition: deleted, timeout: 60}
            """, Map.of("value", hostile));

        assertSucceeded(run);
        assertThat(output(run, "value")).isEqualTo(hostile + hostile);
        assertThat(output(run, "token")).isEqualTo("***\n");
        assertThat(step(run, "version").resultValues()).containsEntry("stdout", "2");
        assertThat(step(run, "scale").resultValues())
                .containsEntry("former_replicas", 2L)
                .containsEntry("replicas", 1L);
        assertThat(step(run, "delete").resultValues()).containsEntry("deleted", List.of("deployment/my-app"));
        assertThat(run.steps().toString() + run.record().definition()).doesNotContain(SECRET);
    }

    @Test
    @DisplayName("a secret that changes brings new pods, one that stays does not, and it goes with its deployment")
    void secretsOfTheCluster() {
        Cluster.Target target = new Cluster.Target(NAMESPACE, "deployment", "with-secret");
        Cluster.Pods pods = new Cluster.Pods(NAMESPACE, "app=with-secret", null);
        cluster.deploy(deployment(target, "first-value"));
        cluster.await(target, "available", PATIENCE);
        String before = pod(pods);

        cluster.deploy(deployment(target, "first-value"));
        cluster.await(target, "available", PATIENCE);
        assertThat(pod(pods)).isEqualTo(before).endsWith("first-value");

        cluster.deploy(deployment(target, "second-value"));
        cluster.await(target, "available", PATIENCE);
        assertThat(pod(pods)).endsWith("second-value");

        assertThat(cluster.delete(target)).isTrue();
        assertThat(cluster.delete(target)).isFalse();
        cluster.await(new Cluster.Target(NAMESPACE, "secret", "with-secret-environment"), "deleted", PATIENCE);
    }

    private static Cluster.Deployment deployment(Cluster.Target target, String secret) {
        return new Cluster.Deployment(
                target,
                1,
                "cofferdam-test/busybox:2",
                List.of("sh", "-c", "trap 'exit 0' TERM; sleep 3600 & wait"),
                Map.of(),
                Map.of("TOKEN", secret),
                List.of(),
                Map.of("app", target.name()),
                "main",
                null);
    }

    private static String pod(Cluster.Pods pods) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = cluster.exec(pods, List.of("sh", "-c", "printf '%s %s' \"$(hostname)\" \"$TOKEN\""), out, out);
        assertThat(code).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    @DisplayName("everything in a manifest is applied, found by its labels, read and deleted")
    void manifest() throws IOException {
        Files.writeString(folder.resolve("app.yaml"), """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: settings, labels: {part: manifest}}
            data: {color: green, when: 2026-01-02}
            ---
            apiVersion: v1
            kind: List
            items:
              - apiVersion: batch/v1
                kind: Job
                metadata: {name: once, labels: {part: manifest}}
                spec:
                  backoffLimit: 0
                  template:
                    metadata: {labels: {app: once}}
                    spec:
                      restartPolicy: Never
                      containers:
                        - name: once
                          image: cofferdam-test/busybox:2
                          command: [sh, -c, "echo one; cat /settings/color; echo; cat /settings/when; stat -c %a /settings/..data/color"]
                          volumeMounts: [{name: settings, mountPath: /settings}]
                      volumes: [{name: settings, configMap: {name: settings, defaultMode: 0440}}]
            """);

        PipelineRun run = run("""
            - {name: deploy, type: k8s_deploy, order: 1, k8s_namespace: NAMESPACE, manifest: app.yaml}
            - {name: wait, type: k8s_wait, order: 2, k8s_resource_name: once, resource_type: job, condition: complete, timeout: 120}
            - {name: logs, type: k8s_logs, order: 3, pod_selector: app=once}
            - {name: tail, type: k8s_logs, order: 3, pod_selector: app=once, tail: 1, since: 1h}
            - {name: jobs, type: k8s_delete, order: 4, resource_type: jobs, selector: part=manifest}
            - {name: maps, type: k8s_delete, order: 4, resource_type: cm, selector: part=manifest}
            """, Map.of());

        assertSucceeded(run);
        assertThat(step(run, "deploy").resultValues())
                .containsEntry("applied", List.of("configmap/settings", "job/once"));
        assertThat(output(run, "logs")).isEqualTo("one\ngreen\n2026-01-02440\n");
        assertThat(step(run, "tail").resultValues()).containsEntry("stdout", "2026-01-02440");
        assertThat(step(run, "jobs").resultValues()).containsEntry("deleted", List.of("job/once"));
        assertThat(step(run, "maps").resultValues()).containsEntry("deleted", List.of("configmap/settings"));
    }

    @Test
    @DisplayName("a manifest with a mistake leaves nothing of it behind, and all mistakes are told")
    void brokenManifest() throws IOException {
        Files.writeString(folder.resolve("broken.yaml"), """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: never}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: Wrong_Name}
            spec: {ports: [{port: 80}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: no-selector}
            spec: {template: {spec: {containers: [{name: a, image: b, ports: [{containerPort: 80}]}]}}}
            ---
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: list}
            data: [1]
            """);
        Files.writeString(folder.resolve("no-objects.yaml"), "kind: ConfigMap\n---\n- 1\n");

        PipelineRun run = run("""
            - {name: refused, type: k8s_deploy, needs: [], k8s_namespace: NAMESPACE, manifest: broken.yaml}
            - {name: unread, type: k8s_deploy, needs: [], k8s_namespace: NAMESPACE, manifest: no-objects.yaml}
            """, Map.of());

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
        assertThat(step(run, "refused").message())
                .contains("document 2, Service 'Wrong_Name'")
                .contains("document 3, Deployment 'no-selector'")
                .contains("document 4, ConfigMap 'list'");
        assertThat(step(run, "refused").fault()).isEqualTo(FaultClass.USER);
        assertThat(step(run, "unread").message())
                .contains("document 1: there is no 'apiVersion'")
                .contains("document 1: there is no 'metadata.name'")
                .contains("document 2: an object is a mapping");
        assertThat(cluster.delete(new Cluster.Target(NAMESPACE, "configmap", "never")))
                .isFalse();
    }

    @Test
    @DisplayName("what is in the way is told: no image, no node, too little memory, a command that ends")
    void faults() throws IOException {
        Files.writeString(
                folder.resolve("memory.yaml"), pod("memory", "echo filling; exec tail /dev/zero", "memory: 16Mi"));
        Files.writeString(folder.resolve("node.yaml"), pod("node", "sleep 60", "cpu: 1000"));
        Files.writeString(folder.resolve("ends.yaml"), pod("ends", "echo nearly; echo there; exit 3", "cpu: 1"));

        PipelineRun run = run("""
            - name: no-image
              type: k8s_deploy
              needs: []
              k8s_namespace: NAMESPACE
              k8s_resource_name: no-image
              deployment_spec: {image: "127.0.0.1:1/nothing:1"}
            - {name: wait-no-image, type: k8s_wait, needs: [no-image], k8s_config: {timeout: 8s}}
            - {name: memory, type: k8s_deploy, needs: [], k8s_namespace: NAMESPACE, manifest: memory.yaml}
            - {name: wait-memory, type: k8s_wait, needs: [memory], resource_type: pod, condition: ready, k8s_config: {timeout: 60s}}
            - {name: node, type: k8s_deploy, needs: [], k8s_namespace: NAMESPACE, manifest: node.yaml}
            - {name: wait-node, type: k8s_wait, needs: [node], resource_type: pod, condition: ready, timeout: 8s}
            - {name: ends, type: k8s_deploy, needs: [], k8s_namespace: NAMESPACE, manifest: ends.yaml}
            - {name: wait-ends, type: k8s_wait, needs: [ends], resource_type: pod, condition: ready, k8s_config: {timeout: 60s}}
            - {name: nothing, type: k8s_wait, needs: [], k8s_namespace: NAMESPACE, k8s_resource_name: nothing}
            - {name: nobody, type: k8s_exec, needs: [], k8s_namespace: NAMESPACE, pod_selector: app=nobody, command: id}
            - {name: unready, type: k8s_exec, needs: [wait-no-image], k8s_namespace: NAMESPACE, pod_selector: app=no-image, command: id, conditions: {always: true}}
            - {name: scale, type: k8s_scale, needs: [], k8s_namespace: kube-system, k8s_resource_name: extension-apiserver-authentication, resource_type: configmap, replicas: 1}
            - {name: kind, type: k8s_delete, needs: [], k8s_resource_name: x, resource_type: rocket}
            - {name: namespace, type: k8s_deploy, needs: [], k8s_namespace: not-there, k8s_resource_name: x, deployment_spec: {image: x}}
            """, Map.of());

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
        assertThat(List.of("no-image", "memory", "node", "ends"))
                .allSatisfy(name -> assertThat(step(run, name).message()).isEmpty());
        assertThat(step(run, "wait-no-image").message())
                .contains("127.0.0.1:1/nothing:1")
                .contains("did not finish within 8 s");
        assertThat(step(run, "wait-no-image").fault()).isEqualTo(FaultClass.TIMEOUT);
        assertThat(step(run, "wait-memory").message()).contains("needed more memory than its limit");
        assertThat(step(run, "wait-node").message()).contains("is on no node").contains("cpu");
        assertThat(step(run, "wait-ends").message())
                .contains("exit code 3")
                .contains("nearly")
                .contains("there");
        assertThat(step(run, "wait-ends").fault()).isEqualTo(FaultClass.USER);
        assertThat(step(run, "nothing").message()).contains("not found");
        assertThat(step(run, "nobody").message()).contains("has the labels 'app=nobody'");
        assertThat(step(run, "unready").message()).contains("none of its pods is ready: no-image-");
        assertThat(step(run, "scale").message()).contains("has no replicas");
        assertThat(step(run, "kind").message()).contains("the cluster knows no kind 'rocket'");
        assertThat(step(run, "namespace").message()).contains("there is no namespace 'not-there'");
    }

    private static String pod(String name, String script, String limit) {
        return """
            apiVersion: v1
            kind: Pod
            metadata: {name: %s}
            spec:
              restartPolicy: Never
              terminationGracePeriodSeconds: 0
              containers:
                - name: main
                  image: cofferdam-test/busybox:2
                  command: [sh, -c, "%s"]
                  resources: {limits: {%s}}
            """.formatted(name, script, limit);
    }

    @Test
    @DisplayName("a cancel ends the command in the pod, and a step may run as a pod of its own")
    void cancel() throws InterruptedException {
        CountDownLatch ready = new CountDownLatch(2);
        engine.events().subscribe(StepOutput.class, line -> {
            if (line.line().equals("ready")) {
                ready.countDown();
            }
        });
        Cluster.Target target = new Cluster.Target(NAMESPACE, "deployment", "cancelled");
        cluster.deploy(deployment(target, "unused-secret"));
        cluster.await(target, "available", PATIENCE);
        PipelineRun run = run("""
            - name: exec
              type: k8s_exec
              needs: []
              k8s_namespace: NAMESPACE
              pod_selector: app=cancelled
              command: [sh, -c, "trap '' TERM; echo ready; while :; do sleep 0.1; done; : marker-of-the-loop"]
            - name: pod
              type: docker_run
              needs: []
              engine: kubernetes
              docker_image: cofferdam-test/busybox:2
              command: [sh, -c, "trap '' TERM; echo ready; while :; do sleep 0.1; done"]
              grace: 1
            """, Map.of());
        assertThat(ready.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();

        run.cancel();

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.CANCELLED);
        assertThat(step(run, "pod").status()).isEqualTo(StepStatus.CANCELLED);
        assertThat(kubernetes.environments().list(io.cofferdam.environment.LabelSelector.of("pipeline.run", run.id())))
                .isEmpty();
        awaitNoLoop(new Cluster.Pods(NAMESPACE, "app=cancelled", "main"));
        cluster.delete(target);
    }

    /** The command is killed by another one, after the step has ended. */
    private static void awaitNoLoop(Cluster.Pods pods) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = cluster.exec(
                pods,
                List.of(
                        "sh",
                        "-c",
                        "i=0; while grep -q '[m]arker-of-the-loop' /proc/[0-9]*/cmdline; do"
                                + " i=$((i+1)); [ $i -lt 100 ] || exit 1; sleep 0.1; done"),
                out,
                out);
        assertThat(code).as(out.toString(StandardCharsets.UTF_8)).isZero();
    }

    @Test
    @DisplayName("a step that runs as a pod tells its output and its exit code")
    void asPod() {
        PipelineRun run = run("""
            - {name: good, type: docker_run, needs: [], engine: kubernetes, docker_image: "cofferdam-test/busybox:2", command: [sh, -c, "echo hello; echo problem >&2"]}
            - {name: bad, type: docker_run, needs: [], engine: kubernetes, docker_image: "cofferdam-test/busybox:2", command: [sh, -c, "echo last words; exit 9"]}
            """, Map.of());

        assertThat(run.await(PATIENCE).status()).isEqualTo(RunStatus.FAILED);
        assertThat(step(run, "good").message() + step(run, "good").results()).contains("hello");
        assertThat(step(run, "bad").message()).contains("exit code 9").contains("last words");
        assertThat(Optional.of(kubernetes
                        .environments()
                        .list(io.cofferdam.environment.LabelSelector.of("pipeline.run", run.id()))))
                .contains(List.of());
    }
}
