package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines from the build of an image to its pods: a real Docker Engine, a real registry that wants a login, a real cluster. */
@Timeout(600)
class PipelineOnKubernetesTest {

    private static final String REGISTRY = variable("COFFERDAM_TEST_REGISTRY");

    /** With commands of other tools than npm and curl by these names, and no other base than the test's. */
    private static final String DOCKERFILE = """
        FROM cofferdam-test/busybox:2
        ARG VERSION
        RUN mkdir -p /www /usr/bin && echo "$VERSION" > /www/version && echo healthy > /www/health && \\
            printf '#!/bin/sh\\ntest "$1" = test && test "$NODE_ENV" = test && echo 42 tests passed\\n' > /usr/bin/npm && \\
            printf '#!/bin/sh\\ntest "$1" = -f && exec wget -q -O - "$2"\\n' > /usr/bin/curl && chmod 755 /usr/bin/npm /usr/bin/curl
        CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 8080 -h /www & wait"]
        """;

    private static final String PIPELINE = """
        pipeline:
          name: my-app
          execution_mode: local
          steps:
            - name: build
              type: docker_build
              order: 1
              docker_image: IMAGE
              docker_tag: "{{build_number}}"
              docker_config:
                dockerfile: Dockerfile
                context: .
                build_args:
                  VERSION: "{{build_number}}"
            - name: test
              type: docker_run
              order: 2
              docker_config:
                command: ["npm", "test"]
                environment:
                  NODE_ENV: test
                remove: true
            - name: push
              type: docker_push
              order: 3
              docker_registry: 1
              docker_config:
                registry_url: REGISTRY
            - name: deploy
              type: k8s_deploy
              order: 4
              k8s_cluster: 1
              k8s_namespace: NAMESPACE
              k8s_resource_name: my-app
              k8s_config:
                deployment_spec:
                  replicas: 3
                  image: "{{docker_image}}"
                  ports:
                    - container_port: 8080
                  environment:
                    MODE: production
            - name: wait
              type: k8s_wait
              order: 5
              k8s_config:
                resource_type: deployment
                condition: available
                timeout: 300
            - name: verify
              type: k8s_exec
              order: 6
              k8s_config:
                command: ["curl", "-f", "http://localhost:8080/health"]
                pod_selector: app=my-app
                container: my-app
            - name: scale
              type: k8s_scale
              order: 7
              k8s_config:
                replicas: 5
              conditions:
                branch_equals: main
        """;

    private final String unique =
            HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    private final String image = "cofferdam-test/release-" + unique;
    private final String namespace = "release-" + unique;

    @TempDir
    private Path folder;

    private static String variable(String name) {
        return System.getenv().getOrDefault(name, "");
    }

    private Cli.Outcome run(String... args) {
        List<String> all = new ArrayList<>(
                List.of("--engine", "docker", "--state", folder.resolve("p").toString()));
        all.addAll(List.of(args));
        return new Cli()
                .variable("COFFERDAM_STATE", folder.resolve("state").toString())
                .run(all.toArray(new String[0]));
    }

    private String write(String name, String text) throws IOException {
        String written =
                text.replace("IMAGE", image).replace("REGISTRY", REGISTRY).replace("NAMESPACE", namespace);
        return Files.writeString(folder.resolve(name), written).toString();
    }

    private String catalogue() throws IOException {
        return Files.writeString(folder.resolve("catalogue.yaml"), """
            registries:
              1: {url: "%s", username: "%s", password_env: COFFERDAM_TEST_REGISTRY_PASSWORD}
            clusters:
              1: {engine: kubernetes}
            """.formatted(
                                REGISTRY, variable("COFFERDAM_TEST_REGISTRY_USER")))
                .toString();
    }

    @BeforeEach
    void makeNamespace() throws IOException {
        assumeThat(REGISTRY).as("COFFERDAM_TEST_REGISTRY").isNotEmpty();
        write("namespace.yaml", """
            apiVersion: v1
            kind: Namespace
            metadata: {name: NAMESPACE}
            """);
        String file = write("make.yaml", """
            pipeline:
              name: make
              steps:
                - {name: namespace, type: k8s_deploy, manifest: namespace.yaml}
            """);
        assertDone(run("pipeline", "run", file));
    }

    @AfterEach
    void removeNamespaceAndImages() throws IOException {
        if (REGISTRY.isEmpty()) {
            return;
        }
        String file = write("remove.yaml", """
            pipeline:
              name: remove
              steps:
                - {name: namespace, type: k8s_delete, resource_type: namespace, k8s_resource_name: NAMESPACE}
            """);
        assertDone(run("pipeline", "run", file));
        try (Orchestrator docker = Cofferdam.open("docker", EngineConfig.defaults())) {
            docker.images().remove(image + ":42", true);
            docker.images().remove(REGISTRY + "/" + image + ":42", true);
        }
    }

    private static void assertDone(Cli.Outcome outcome) {
        assertThat(outcome.exitCode()).as(outcome.out() + outcome.err()).isEqualTo(ExitCode.DONE);
    }

    private static JsonNode results(Cli.Outcome outcome, String step) {
        for (JsonNode each : outcome.json().path("steps")) {
            if (each.path("name").asText().equals(step)) {
                return each.path("results");
            }
        }
        throw new AssertionError("no step " + step + " in " + outcome.out());
    }

    @Test
    @DisplayName("the pipeline runs as it stands: build, run, push, deploy, wait, exec, scale")
    void asItStands() throws IOException {
        Files.writeString(folder.resolve("Dockerfile"), DOCKERFILE);
        String file = write("pipeline.yaml", PIPELINE);

        Cli.Outcome outcome = run(
                "pipeline",
                "run",
                file,
                "--catalogue",
                catalogue(),
                "--var",
                "build_number=42",
                "--var",
                "branch=main",
                "--json");

        assertDone(outcome);
        assertThat(results(outcome, "build").path("docker_image").asText()).isEqualTo(image + ":42");
        assertThat(results(outcome, "test").path("stdout").asText()).isEqualTo("42 tests passed");
        assertThat(results(outcome, "push").path("docker_image").asText()).isEqualTo(REGISTRY + "/" + image + ":42");
        assertThat(results(outcome, "verify").path("stdout").asText()).isEqualTo("healthy");
        assertThat(results(outcome, "scale").path("former_replicas").asInt()).isEqualTo(3);
        assertThat(results(outcome, "scale").path("replicas").asInt()).isEqualTo(5);
    }

    @Test
    @DisplayName("the example releases; nodes without the image log in at the registry and pull it")
    void exampleIsPulled() throws IOException {
        Path example = Path.of("").toAbsolutePath().resolveSibling("examples").resolve("pipelines/release.yaml");
        String[] variables = {
            "--var",
            "build_number=42",
            "--var",
            "branch=topic",
            "--var",
            "image=" + image,
            "--var",
            "namespace=" + namespace,
            "--var",
            "base=cofferdam-test/busybox:2"
        };
        List<String> line =
                new ArrayList<>(List.of("pipeline", "run", example.toString(), "--catalogue", catalogue(), "--json"));
        line.addAll(List.of(variables));
        Cli.Outcome released = run(line.toArray(new String[0]));
        assertDone(released);
        assertThat(results(released, "verify").path("stdout").asText()).isEqualTo("42");
        assertThat(released.json().path("steps").path(6).path("status").asText())
                .isEqualTo("skipped");

        String file = write("pull.yaml", """
            pipeline:
              name: pull
              steps:
                - {name: scale, type: k8s_scale, order: 1, k8s_namespace: NAMESPACE, k8s_resource_name: my-app, replicas: 0}
                - {name: none, type: k8s_wait, order: 2, k8s_namespace: NAMESPACE, k8s_resource_name: my-app, k8s_config: {timeout: 120}}
                - {name: delete, type: k8s_delete, order: 3, k8s_namespace: NAMESPACE, k8s_resource_name: my-app}
                - {name: forget, type: docker_remove, order: 4, images: ["IMAGE:42", "REGISTRY/IMAGE:42"]}
                - name: deploy
                  type: k8s_deploy
                  order: 5
                  k8s_namespace: NAMESPACE
                  k8s_resource_name: my-app
                  deployment_spec: {image: "REGISTRY/IMAGE:42"}
                - {name: wait, type: k8s_wait, order: 6, k8s_config: {timeout: 180}}
                - {name: verify, type: k8s_exec, order: 7, command: [cat, /version]}
            """);
        Cli.Outcome pulled = run("pipeline", "run", file, "--catalogue", catalogue(), "--json");
        assertDone(pulled);
        assertThat(results(pulled, "forget").path("removed")).hasSize(2);
        assertThat(results(pulled, "verify").path("stdout").asText()).isEqualTo("42");
    }
}
