package io.cofferdam.tck;

import static io.cofferdam.environment.EnvironmentState.CREATED;
import static io.cofferdam.environment.EnvironmentState.EXITED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Replacing an environment under its name. */
abstract class UpdateCases extends Cases {

    @Test
    @DisplayName("update: the new one answers under the same name and handle; the old one is gone")
    void success() {
        Recorder events = record();
        IsolatedEnvironment environment =
                environments().run(version("one").port(8080).build());
        String formerId = environment.id();

        environment.update(version("two").port(8080).label("changed", "yes").build());

        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("two");
        assertThat(environment.name()).isEqualTo(name("web"));
        assertThat(environment.id()).isNotEqualTo(formerId);
        assertThat(environment.spec().env()).containsEntry("GREETING", "two");
        assertThat(environment.status().labels()).containsEntry("changed", "yes");
        assertThat(environments().statuses(mine()))
                .extracting(EnvironmentStatus::id)
                .containsExactly(environment.id());
        EnvironmentEvent.Updated updated = events.await(EnvironmentEvent.Updated.class, name("web"));
        assertThat(updated.formerId()).isEqualTo(formerId);
        assertThat(updated.id()).isEqualTo(environment.id());
        assertThat(another().environments().get(name("web")).id()).isEqualTo(environment.id());
    }

    @Test
    @DisplayName("update: name and stack may be left unset")
    void unsetNameIsKept() {
        IsolatedEnvironment environment =
                environments().run(version("one").port(8080).build());

        environment.update(
                marked(programs().web(8080)).env("GREETING", "two").port(8080).build());

        assertThat(environment.spec().name()).contains(name("web"));
        assertThat(get(environments().get(name("web")).endpoint(8080), "/")).isEqualTo("two");
    }

    @Test
    @DisplayName("update: when the new one does not get ready the old one goes on as it was, and nothing else is left")
    void theNewOneIsNotReady() {
        IsolatedEnvironment environment =
                environments().run(version("one").port(8080).build());
        EnvironmentStatus before = environment.status();

        assertThatThrownBy(() -> environment.update(version("two")
                        .port(8080)
                        .readyWhen(Readiness.http(8080, "/never"))
                        .startTimeout(Duration.ofSeconds(3))
                        .build()))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining(name("web"));

        assertThat(environment.status()).isEqualTo(before);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("one");
        assertThat(environment.spec().env()).containsEntry("GREETING", "one");
        assertThat(environments().statuses(mine())).hasSize(1);
    }

    @Test
    @DisplayName("update: when the new one cannot be created the old one goes on")
    void theNewOneCannotBeCreated() {
        IsolatedEnvironment environment =
                environments().run(version("one").port(8080).build());
        EnvironmentStatus before = environment.status();

        assertThatThrownBy(() -> environment.update(version("two")
                        .withCommand("/no/such/program")
                        .port(8080)
                        .build()))
                .isInstanceOf(StartFailedException.class);

        assertThat(environment.status()).isEqualTo(before);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("one");
        assertThat(environments().statuses(mine())).hasSize(1);
    }

    @Test
    @DisplayName("update: a fixed host port stays; the old one gives it to the new one")
    void fixedPort() {
        int port = freePort();
        IsolatedEnvironment environment = environments()
                .run(version("one").publish(PortMapping.fixed(port, 8080)).build());

        environment.update(version("two").publish(PortMapping.fixed(port, 8080)).build());

        assertThat(environment.endpoint(8080).hostPort()).isEqualTo(port);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("two");
    }

    @Test
    @DisplayName("update: when the new one fails on the same fixed host port the old one serves it again")
    void fixedPortAndFailure() {
        int port = freePort();
        IsolatedEnvironment environment = environments()
                .run(version("one").publish(PortMapping.fixed(port, 8080)).build());
        String id = environment.id();

        assertThatThrownBy(() -> environment.update(shell("web", "exit 5")
                        .publish(PortMapping.fixed(port, 8080))
                        .readyWhen(Readiness.port(8080))
                        .build()))
                .isInstanceOf(CofferdamException.class);

        assertThat(environment.id()).isEqualTo(id);
        environment.awaitReady(patience());
        assertThat(environment.endpoint(8080).hostPort()).isEqualTo(port);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("one");
        assertThat(environments().statuses(mine())).hasSize(1);
    }

    @Test
    @DisplayName("update: changed ports")
    void changedPorts() {
        int port = freePort();
        IsolatedEnvironment environment =
                environments().run(version("one").port(8080).build());

        environment.update(ours("web", programs().web(9090))
                .env("GREETING", "moved")
                .publish(PortMapping.fixed(port, 9090))
                .build());

        assertThat(environment.endpoint(9090).hostPort()).isEqualTo(port);
        assertThat(get(environment.endpoint(9090), "/")).isEqualTo("moved");
    }

    @Test
    @DisplayName("update: changed limits, where the engine has them; else refused, and the old one goes on")
    void changedLimits() {
        IsolatedEnvironment environment =
                environments().run(version("one").port(8080).build());
        String id = environment.id();
        EnvironmentSpec changed = version("two").port(8080).memory("256m").build();
        if (!has(Capability.MEMORY_LIMIT)) {
            assertRefused(Capability.MEMORY_LIMIT, () -> environment.update(changed));
            assertThat(environment.id()).isEqualTo(id);
            assertThat(get(environment.endpoint(8080), "/")).isEqualTo("one");
            return;
        }

        environment.update(changed);

        assertThat(environment.spec().limits().memory()).hasValue(256L << 20);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("two");
    }

    @Test
    @DisplayName("update: one that does not run is replaced without being started")
    void notRunning() {
        IsolatedEnvironment created =
                environments().create(version("one").port(8080).build());
        IsolatedEnvironment ended = runToEnd("job", "exit 1");

        created.update(version("two").port(8080).build());
        ended.update(shell("job", "exit 2").readyWhen(Readiness.running()).build());

        assertThat(created.status().state()).isEqualTo(CREATED);
        assertThat(ended.status().state()).isIn(CREATED, EXITED);
        created.start();
        assertThat(get(created.endpoint(8080), "/")).isEqualTo("two");
        ended.start();
        assertThat(ended.awaitExit(patience())).isEqualTo(2);
    }

    @Test
    @DisplayName("update: another name or stack is refused")
    void anotherNameOrStack() {
        IsolatedEnvironment environment = idle("web");
        String id = environment.id();

        assertThatThrownBy(() -> environment.update(shell("other", IDLE).build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("name");
        assertThatThrownBy(() -> environment.update(
                        shell("web", IDLE).stack(name("stack")).build()))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("stack");

        assertThat(environment.id()).isEqualTo(id);
        assertThat(environment.exec("true").succeeded()).isTrue();
    }

    @Test
    @DisplayName("update: one member of a stack is replaced, and the others reach the new one by the same name")
    void memberOfAStack() {
        IsolatedEnvironment environment = environments()
                .run(version("one").stack(name("stack")).port(8080).build());
        IsolatedEnvironment neighbour = environments()
                .run(shell("neighbour", IDLE)
                        .stack(name("stack"))
                        .readyWhen(Readiness.running())
                        .build());

        environment.update(version("two").stack(name("stack")).port(8080).build());

        assertThat(neighbour
                        .exec(programs().fetch(name("web"), 8080).toArray(String[]::new))
                        .stdout())
                .isEqualTo("two");
    }

    private EnvironmentSpec.Builder version(String greeting) {
        return web("web", 8080).env("GREETING", greeting);
    }
}
