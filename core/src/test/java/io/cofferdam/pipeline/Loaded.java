package io.cofferdam.pipeline;

import io.cofferdam.error.InvalidInputException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Pipelines of text, and what is wrong with them. */
final class Loaded {

    static final Path FOLDER = Path.of("/pipelines");

    /** The pipeline that has to run as it stands. */
    static final String WHOLE = """
        pipeline:
          name: my-app
          execution_mode: local
          steps:
            - name: build
              type: docker_build
              order: 1
              docker_image: my-app
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
                registry_url: registry.example:5000
            - name: deploy
              type: k8s_deploy
              order: 4
              k8s_cluster: 1
              k8s_namespace: production
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

    private Loaded() {}

    static Pipeline of(String yaml) {
        return PipelineLoader.ofYaml(yaml, FOLDER).load();
    }

    /** A pipeline of steps that are written as a list without indentation. */
    static String steps(String steps) {
        return "pipeline:\n  name: p\n  steps:\n" + steps.indent(4);
    }

    static List<String> problems(String yaml) {
        return problems(yaml, Map.of());
    }

    static List<String> problems(String yaml, Map<String, ?> variables) {
        try {
            PipelineLoader.ofYaml(yaml, FOLDER).withVariables(variables).load();
            return List.of();
        } catch (InvalidInputException invalid) {
            return invalid.problems().stream().map(Object::toString).toList();
        }
    }
}
