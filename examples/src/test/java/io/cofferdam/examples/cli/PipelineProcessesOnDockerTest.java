package io.cofferdam.examples.cli;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class PipelineProcessesOnDockerTest extends PipelineProcesses {

    private static Orchestrator docker;

    @BeforeAll
    static void open() {
        docker = Cofferdam.open(Cofferdam.DOCKER);
    }

    @AfterAll
    static void close() {
        docker.close();
    }

    @Override
    String engine() {
        return "docker";
    }

    @Override
    String first() {
        return """
            - name: first
              type: docker_run
              needs: []
              docker_image: cofferdam-test/busybox:2
              command: [sh, -c, "date; printf 'é\\\\t\\\\001'; head -c 6 /proc/sys/kernel/random/uuid"]
            """;
    }

    @Override
    String second() {
        return """
            - name: second
              type: docker_run
              needs: [first]
              docker_image: cofferdam-test/busybox:2
              mounts: [{source: FLAGS, target: /flags}]
              grace: 1
              command: [sh, -c, "echo waiting; until [ -e /flags/go ]; do sleep 0.1; done"]
            """;
    }

    @Override
    int left(String run) {
        return docker.environments().list(LabelSelector.of("pipeline.run", run)).size();
    }
}
