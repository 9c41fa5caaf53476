package io.cofferdam.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class FirstStackOnDockerTest {

    @Test
    void theWebServiceReachesTheGreeterByNameAndNothingIsLeft() throws Exception {
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER)) {
            FirstStack stack = new FirstStack(engine, "cofferdam-test/java:17", Path.of("stack"));

            String answer = stack.run(step -> {});

            assertThat(answer).contains("-web asked http://greeter:8081/ and got: Hello from", "-greeter");
            assertThat(engine.environments().statuses(LabelSelector.all()))
                    .extracting(EnvironmentStatus::name)
                    .noneMatch(name ->
                            name.startsWith("first-" + ProcessHandle.current().pid()));
        }
    }
}
