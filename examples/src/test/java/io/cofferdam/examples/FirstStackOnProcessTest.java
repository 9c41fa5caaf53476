package io.cofferdam.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FirstStackOnProcessTest {

    @Test
    void theWebServiceReachesTheGreeterByNameAndNothingIsLeft(@TempDir Path state) throws Exception {
        EngineConfig config = EngineConfig.builder().stateDirectory(state).build();
        try (Orchestrator engine = Cofferdam.open(Cofferdam.PROCESS, config)) {
            FirstStack stack = new FirstStack(engine, "unused", Path.of("stack"));

            String answer = stack.run(step -> {});

            assertThat(answer).contains("-web asked http://greeter:8081/ and got: Hello from", "-greeter");
            assertThat(engine.environments().statuses(LabelSelector.all()))
                    .extracting(EnvironmentStatus::name)
                    .noneMatch(name ->
                            name.startsWith("first-" + ProcessHandle.current().pid()));
        }
    }
}
