package io.cofferdam.examples.cli;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;

class PipelineProcessesOnProcessTest extends PipelineProcesses {

    @Override
    String engine() {
        return "process";
    }

    @Override
    String first() {
        return """
            - name: first
              type: process_run
              needs: []
              command: [/bin/sh, -c, "date; printf 'é\\\\t\\\\001'; head -c 6 /proc/sys/kernel/random/uuid"]
            """;
    }

    @Override
    String second() {
        return """
            - name: second
              type: process_run
              needs: [first]
              grace: 1
              command: [/bin/sh, -c, "echo waiting; until [ -e FLAGS/go ]; do sleep 0.1; done"]
            """;
    }

    @Override
    int left(String run) {
        try (Orchestrator processes = Cofferdam.open(
                "process",
                EngineConfig.builder().stateDirectory(folder.resolve("p")).build())) {
            return processes
                    .environments()
                    .list(LabelSelector.of("pipeline.run", run))
                    .size();
        }
    }
}
