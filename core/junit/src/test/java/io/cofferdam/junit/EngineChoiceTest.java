package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** Engines that are there, and those that are not. */
class EngineChoiceTest extends Cases {

    static final List<String> SEEN = Collections.synchronizedList(new ArrayList<>());

    /** Nobody answers there. */
    private static final Map<String, String> NOWHERE = Map.of("cofferdam.host", "unix:///nowhere/docker.sock");

    @Override
    String engine() {
        return "process";
    }

    @BeforeEach
    void nothingSeen() {
        SEEN.clear();
    }

    @CofferdamTest(engine = "docker")
    static class NeedsDocker {
        @Environment
        static final EnvironmentSpec SPEC = Samples.says("x");

        @Test
        void test() {
            SEEN.add("ran");
        }
    }

    @CofferdamTest(engine = "docker", required = false)
    static class LikesDocker {
        @Test
        void test() {
            SEEN.add("ran");
        }

        @Nested
        class Inside {
            @Test
            void test() {
                SEEN.add("ran");
            }
        }
    }

    static class LikesDockerInCode {
        @RegisterExtension
        static final CofferdamExtension EXTENSION =
                CofferdamExtension.builder().engine("docker").optional().build();

        @Test
        void test() {
            SEEN.add("ran");
        }
    }

    @CofferdamTest
    static class TakesAny {
        @Test
        void test(Orchestrator engine) {
            SEEN.add(engine.info().engine());
        }

        @Nested
        @CofferdamTest(engine = "process")
        class Inside {
            @Test
            void test(
                    Orchestrator engine,
                    @Environment(
                                    name = "sleeper",
                                    command = {"sleep", "600"})
                            IsolatedEnvironment sleeper) {
                SEEN.add(engine.info().engine());
            }
        }
    }

    @Test
    @DisplayName("a required engine that is not there: the tests fail, with the place that was looked at")
    void required() {
        Throwable failure = failure(run(NOWHERE, NeedsDocker.class));

        assertThat(failure).hasMessageContaining("/nowhere/docker.sock");
        assertThat(SEEN).isEmpty();
    }

    @Test
    @DisplayName("an optional engine that is not there: the tests are skipped, with the same reason")
    void optional() {
        EngineExecutionResults results = run(NOWHERE, LikesDocker.class, LikesDockerInCode.class);

        assertThat(failures(results)).isEmpty();
        assertThat(results.containerEvents().skipped().list())
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.getRequiredPayload(String.class))
                        .contains("optional")
                        .contains("/nowhere/docker.sock"));
        assertThat(SEEN).isEmpty();
    }

    @Test
    @DisplayName("the configuration can make an optional engine required")
    void allRequired() {
        EngineExecutionResults results = run(
                Map.of("cofferdam.host", "unix:///nowhere/docker.sock", "cofferdam.required", "true"),
                LikesDockerInCode.class);

        // Without environments nothing but the engine itself is asked for.
        assertThat(failures(results)).hasSize(1);
    }

    @Test
    @DisplayName("without a choice the configured engine is taken, and nested classes may choose another")
    void configured() {
        succeed(2, TakesAny.class);

        assertThat(SEEN).containsExactly("process", "process");
    }
}
