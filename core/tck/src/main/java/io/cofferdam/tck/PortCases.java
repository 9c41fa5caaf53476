package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.engine.Capability;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Published ports: chosen, fixed and taken ones. */
abstract class PortCases extends Cases {

    @Test
    @DisplayName("port: a host port is chosen; the endpoint reaches the software inside, and the status tells it")
    void chosenPort() {
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080).env("GREETING", "chosen").port(8080).build());

        Endpoint endpoint = environment.endpoint(8080);

        assertThat(get(endpoint, "/")).isEqualTo("chosen");
        assertThat(endpoint.port()).isEqualTo(8080);
        assertThat(endpoint.protocol()).isEqualTo(Protocol.TCP);
        assertThat(environment.status().endpoints()).containsExactly(endpoint);
    }

    @Test
    @DisplayName("port: two environments publish the same port inside side by side")
    void samePortInside() {
        IsolatedEnvironment one = environments()
                .run(web("one", 8080).env("GREETING", "one").port(8080).build());
        IsolatedEnvironment two = environments()
                .run(web("two", 8080).env("GREETING", "two").port(8080).build());

        assertThat(get(one.endpoint(8080), "/")).isEqualTo("one");
        assertThat(get(two.endpoint(8080), "/")).isEqualTo("two");
    }

    @Test
    @DisplayName("publish: a fixed host port is the one that is reached, also after a restart")
    void fixedPort() {
        int port = freePort();
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080).publish(PortMapping.fixed(port, 8080)).build());
        assertThat(environment.endpoint(8080).hostPort()).isEqualTo(port);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("hello");

        environment.restart();

        assertThat(environment.endpoint(8080).hostPort()).isEqualTo(port);
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("hello");
    }

    @Test
    @DisplayName("stop: a fixed host port is free afterwards")
    void aFixedPortIsFreeAfterTheStop() throws IOException {
        int port = freePort();
        IsolatedEnvironment environment = environments()
                .run(web("web", 8080).publish(PortMapping.fixed(port, 8080)).build());

        environment.stop();

        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            assertThat(socket.isBound()).isTrue();
        }
    }

    @Test
    @DisplayName(
            "start: a host port somebody else listens on is told, nothing is started, and it works once it is free")
    void portTakenBySomebodyElse() throws IOException {
        IsolatedEnvironment environment;
        try (ServerSocket foreign = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = foreign.getLocalPort();
            environment = environments()
                    .create(web("web", 8080)
                            .publish(PortMapping.fixed(port, 8080))
                            .build());

            PortTakenException failure = catchThrowableOfType(PortTakenException.class, environment::start);

            assertThat(failure).isNotNull();
            assertThat(failure.port()).isEqualTo(port);
            assertThat(failure).hasMessageContaining(name("web")).hasMessageContaining(Integer.toString(port));
            assertThat(environment.status().state().isAlive()).isFalse();
        }
        environment.start();
        assertThat(get(environment.endpoint(8080), "/")).isEqualTo("hello");
    }

    @Test
    @DisplayName("start: a host port of another environment is told with its owner, which goes on")
    void portTakenByAnEnvironment() {
        int port = freePort();
        IsolatedEnvironment owner = environments()
                .run(web("owner", 8080)
                        .env("GREETING", "owner")
                        .publish(PortMapping.fixed(port, 8080))
                        .build());
        IsolatedEnvironment late = environments()
                .create(web("late", 8080).publish(PortMapping.fixed(port, 8080)).build());

        PortTakenException failure = catchThrowableOfType(PortTakenException.class, late::start);

        assertThat(failure).isNotNull();
        assertThat(failure.port()).isEqualTo(port);
        assertThat(failure.owner()).hasValueSatisfying(who -> assertThat(who).contains(name("owner")));
        assertThat(failure).hasMessageContaining(name("owner"));
        assertThat(late.status().state().isAlive()).isFalse();
        assertThat(get(owner.endpoint(8080), "/")).isEqualTo("owner");
    }

    @Test
    @DisplayName("run: a taken host port leaves no environment behind")
    void runWithATakenPort() throws IOException {
        try (ServerSocket foreign = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            EnvironmentSpec spec = web("web", 8080)
                    .publish(PortMapping.fixed(foreign.getLocalPort(), 8080))
                    .build();

            assertThatThrownBy(() -> environments().run(spec)).isInstanceOf(PortTakenException.class);
        }
        assertThat(environments().statuses(mine())).isEmpty();
    }

    @Test
    @DisplayName("endpoint: not found for a port that is not published")
    void endpointOfAnUnpublishedPort() {
        IsolatedEnvironment environment =
                environments().run(web("web", 8080).port(8080).build());

        assertThatThrownBy(() -> environment.endpoint(9999))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("9999")
                .hasMessageContaining(name("web"));
    }

    @Test
    @DisplayName("endpoint: a wrong state if the environment does not run")
    void endpointOfOneThatDoesNotRun() {
        IsolatedEnvironment environment =
                environments().create(web("web", 8080).port(8080).build());
        assertThatThrownBy(() -> environment.endpoint(8080))
                .isInstanceOf(WrongStateException.class)
                .hasMessageContaining(name("web"));

        environment.start();
        environment.stop();

        assertThatThrownBy(() -> environment.endpoint(8080)).isInstanceOf(WrongStateException.class);
        assertThat(environment.status().endpoints()).isEmpty();
    }

    @Test
    @DisplayName("publish: UDP ports have endpoints of their own, where the engine can")
    void udp() {
        EnvironmentSpec spec = shell("dns", IDLE)
                .publish(PortMapping.parse("5353/udp"))
                .readyWhen(Readiness.running())
                .build();
        if (!has(Capability.UDP_PORTS)) {
            assertRefused(Capability.UDP_PORTS, spec);
            return;
        }

        IsolatedEnvironment environment = environments().run(spec);

        assertThat(environment.status().endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(endpoint.protocol()).isEqualTo(Protocol.UDP);
            assertThat(endpoint.port()).isEqualTo(5353);
        });
    }
}
