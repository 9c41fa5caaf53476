package io.cofferdam.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.stack.Stack;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What somebody who only had the documentation stumbled over. */
class NewcomersFindingsTest {

    private final FakeEngine engine = new FakeEngine();

    @AfterEach
    void close() {
        engine.close();
    }

    @Test
    @DisplayName("a stack took no specification with an alias, because the alias was checked before the stack was set")
    void aliasBeforeStack() {
        EnvironmentSpec spec = FakeEngine.spec("a").alias("one").build();

        Stack.of(engine.orchestrator, "shop").run(spec);

        assertThat(engine.driver.unit("a").orElseThrow().spec().stack()).contains("shop");
        assertThatThrownBy(() -> engine.environments()
                        .create(FakeEngine.spec("b").alias("two").build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("set the stack");
    }

    @Test
    @DisplayName("a restart was told before the end that it follows")
    void restartToldBeforeTheEnd() {
        FakeEngine.Events events = engine.events();
        engine.run(FakeEngine.spec("job").restart(RestartPolicy.onFailure(1)));

        engine.driver.exits("job", 3);
        engine.time.pass(Duration.ofMillis(100));
        engine.driver.exits("job", 3);

        assertThat(events.kinds())
                .containsSubsequence("Exited", "RestartScheduled", "Started", "Exited", "RestartsExhausted");
    }

    @Test
    @DisplayName("a command in an environment that does not run was refused with the engine's words and identifier")
    void refusedInTheEnginesWords() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        web.stop();

        assertThatThrownBy(() -> web.exec("true"))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining("could not run a command in it: 'web' (fake) is exited; start it first");
    }

    @Test
    @DisplayName("after a failed update the last known status was that of the candidate")
    void statusOfTheCandidate() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        String id = web.id();
        web.status();

        assertThatThrownBy(() -> web.update(FakeEngine.spec("web")
                        .readyWhen(Readiness.log("never"))
                        .startTimeout(Duration.ofMillis(50))
                        .build()))
                .isInstanceOf(CofferdamException.class);
        engine.environments().get("web").remove();

        assertThat(web.status().state()).isEqualTo(EnvironmentState.REMOVED);
        assertThat(web.status().id()).isEqualTo(id);
        assertThat(web.status().labels()).containsEntry(Labels.ENVIRONMENT, "web");
    }

    @Test
    @DisplayName("ready was told after the end of a program that ends at once")
    void readyAfterTheEnd() {
        FakeEngine.Events events = engine.events();
        engine.driver.after("start", () -> engine.driver.exits("job", 0));

        engine.run(FakeEngine.spec("job"));

        assertThat(events.kinds()).containsExactly("Created", "Started", "Ready", "Exited");
    }

    @Test
    @DisplayName("a command that took too long was told without what to do about it")
    void timeoutWithoutRemedy() {
        IsolatedEnvironment web = engine.run(FakeEngine.spec("web"));
        engine.driver.before("exec", () -> {
            throw new OperationTimeoutException("running 'dump' took longer than 1 s", null);
        });

        assertThatThrownBy(() -> web.exec("dump"))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining("ExecSpec.withTimeout");
    }
}
