package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.platform.engine.reporting.ReportEntry;
import org.junit.platform.testkit.engine.EngineExecutionResults;

/** What a failed test tells of its environments. */
abstract class FailureCases extends Cases {

    private static final List<String> SEEN = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void nothingSeen() {
        SEEN.clear();
    }

    @AfterEach
    void nothingIsLeft() {
        assertThat(leftBy(FailureCases.class)).isEmpty();
    }

    @CofferdamTest
    static class Failing {
        @Environment
        final EnvironmentSpec crasher = Samples.shell(
                        "echo \"login with $TOKEN\"; while [ ! -e end ]; do sleep 0.1; done; "
                                + "echo about to end >&2; exit 7")
                .secretEnv("TOKEN", "top-secret-value")
                .env("PLAIN", "shown")
                .readyWhen(Readiness.log("login"))
                .build();

        @Environment
        static final EnvironmentSpec BESIDE = Samples.says("beside");

        @Test
        void fails(@From("crasher") IsolatedEnvironment crasher) {
            crasher.exec("touch", "end");
            crasher.awaitExit(Duration.ofSeconds(30));
            fail("as it should");
        }
    }

    @Test
    @DisplayName("a failure carries state, exit code, history and last lines of all environments, without secrets")
    void report() {
        EngineExecutionResults results = run(Failing.class);

        Throwable failure = failure(results);
        assertThat(failure.getSuppressed()).hasSize(1);
        String text = failure.getSuppressed()[0].toString();
        assertThat(text)
                .contains("crasher (" + engine())
                .contains("exit code: 7")
                .contains("history:")
                .contains("out | login with ***")
                .contains("err | about to end")
                .contains("PLAIN=shown")
                .contains("beside (" + engine())
                .contains("out | beside")
                .doesNotContain("top-secret-value");
        assertThat(entries(results)).containsKeys("cofferdam.crasher", "cofferdam.beside");
        assertThat(entries(results).get("cofferdam.crasher"))
                .contains("exit code: 7")
                .doesNotContain("top-secret-value");
    }

    @CofferdamTest
    static class FailingBeforeAll {
        @Environment
        static final EnvironmentSpec ONE = Samples.says("words of one");

        @BeforeAll
        static void fails() {
            fail("as it should");
        }

        @Test
        void test() {}
    }

    @CofferdamTest
    static class Aborted {
        @Environment
        static final EnvironmentSpec ONE = Samples.says("one");

        @Test
        void aborted() {
            Assumptions.abort("not today");
        }

        @Test
        void succeeds() {}
    }

    @Test
    @DisplayName("a failure before all tests is told too, an aborted test is none")
    void others() {
        assertThat(failure(run(FailingBeforeAll.class)).getSuppressed()[0].toString())
                .contains("words of one");
        assertThat(entries(run(Aborted.class))).isEmpty();
    }

    @CofferdamTest
    static class Kept {
        @Environment
        final EnvironmentSpec one = Samples.says("one");

        @Test
        void fails(IsolatedEnvironment one) {
            SEEN.add(one.name());
            fail("as it should");
        }

        @Test
        void succeeds() {}
    }

    @Test
    @DisplayName("keeping: the environments of a failed test stay for the configured time, with how to enter them")
    void kept() {
        EngineExecutionResults results = run(Map.of("cofferdam.keep", "5m"), Kept.class);

        String name = SEEN.get(0);
        try (Orchestrator engine = open()) {
            IsolatedEnvironment environment = engine.environments().get(name);
            assertThat(leftBy(Kept.class)).containsExactly(name);
            assertThat(environment.exec("true").succeeded()).isTrue();
            environment.remove();
        }
        assertThat(failure(results).getSuppressed()[0].toString())
                .contains(name, "is kept for 5 min", "Enter it with:");
    }

    private static Map<String, String> entries(EngineExecutionResults results) {
        Map<String, String> all = new java.util.LinkedHashMap<>();
        reports(results)
                .forEach(event ->
                        all.putAll(event.getRequiredPayload(ReportEntry.class).getKeyValuePairs()));
        return all;
    }
}
