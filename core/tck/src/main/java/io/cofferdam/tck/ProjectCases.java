package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.application.Application;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Network;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Prepared;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What the instances of a project share: names, networks, colours, volumes. */
abstract class ProjectCases extends WorkloadCases {

    @Test
    @DisplayName("names: services reach each other by the service's name and its aliases")
    void names() {
        Prepared prepared = prepare(application()
                .service(server("web", "I am web").network(NetworkDefinition.DEFAULT, "www"))
                .service(server("client", "I am a client"))
                .build());
        up(prepared, "web", "");
        IsolatedEnvironment client = environment(up(prepared, "client", ""));

        assertThat(fetch(client, "web")).isEqualTo("I am web");
        assertThat(fetch(client, "www")).isEqualTo("I am web");
    }

    @Test
    @DisplayName("colours: a name means the instance of the caller's own colour, where the engine can tell them apart")
    void colours() {
        Prepared blue = prepare(application()
                .service(server("web", "I am blue"))
                .service(server("client", "hello"))
                .build());
        Prepared green = prepare(application()
                .service(server("web", "I am green"))
                .service(server("client", "hi"))
                .build());
        assertThat(workloads().hasColours() || !has(Capability.SEVERAL_NETWORKS))
                .isTrue();
        up(blue, "web", "blue");
        IsolatedEnvironment blueClient = environment(up(blue, "client", "blue"));
        up(green, "web", "green");
        InstanceStatus greenClient = up(green, "client", "green");
        assertThat(greenClient.colour()).isEqualTo("green");
        if (!workloads().hasColours()) {
            assertThat(fetch(blueClient, "web")).startsWith("I am ");
            return;
        }

        assertThat(fetch(blueClient, "web")).isEqualTo("I am blue");
        assertThat(fetch(environment(greenClient), "web")).isEqualTo("I am green");
        if (has(Capability.SEVERAL_NETWORKS)) {
            assertThat(networks())
                    .extracting(Network::name)
                    .containsExactlyInAnyOrder(project() + "-default-blue", project() + "-default-green");
        }
    }

    @Test
    @DisplayName("join: an unchanged service is reached in both colours, and leaves the one that goes")
    void join() {
        Prepared prepared = prepare(application()
                .service(server("db", "I am db"))
                .service(server("web", "I am web"))
                .build());
        up(prepared, "db", "blue");
        IsolatedEnvironment blueWeb = environment(up(prepared, "web", "blue"));
        Prepared next = prepare(application()
                .service(server("db", "I am db"))
                .service(server("web", "I am new"))
                .build());
        Blueprint db = blueprint(next, "db", "green");
        assertThat(db.revision()).isEqualTo(prepared.revision("db"));

        workloads().join(db, Set.of("blue", "green"));

        IsolatedEnvironment greenWeb = environment(up(next, "web", "green"));
        assertThat(fetch(greenWeb, "db")).isEqualTo("I am db");
        assertThat(fetch(blueWeb, "db")).isEqualTo("I am db");

        workloads().join(db, Set.of("green"));
        workloads().join(db, Set.of("green"));

        assertThat(fetch(greenWeb, "db")).isEqualTo("I am db");
        assertThat(blueWeb.exec(programs().fetch("db", 8080).toArray(String[]::new))
                        .succeeded())
                .isEqualTo(!workloads().hasColours());
    }

    @Test
    @DisplayName("networks: made once by orchestrators that start at the same time")
    void concurrentNetworks() {
        Prepared prepared = prepare(application()
                .service(script("one", IDLE))
                .service(script("two", IDLE))
                .service(script("three", IDLE))
                .build());
        var other = another();

        inParallel(List.<Callable<InstanceStatus>>of(
                () -> workloads().start(blueprint(prepared, "one", ""), 1, patience()),
                () -> other.workloads().start(blueprint(prepared, "two", ""), 1, patience()),
                () -> other.workloads().start(blueprint(prepared, "three", ""), 1, patience())));

        assertThat(workloads().list(project(), AT_ONCE)).hasSize(3);
        assertThat(networks()).hasSize(has(Capability.SEVERAL_NETWORKS) ? 1 : 0);
    }

    @Test
    @DisplayName("networks: an internal or an external one is as it is said to be, or refused")
    void definedNetworks() {
        NetworkDefinition internal = new NetworkDefinition(
                "back", null, false, true, null, Map.of(LABEL, label(), Suite.LABEL, suite().prefix()));
        Application application = application()
                .network(internal)
                .network(NetworkDefinition.external("outside", name("outside")))
                .service(script("web", IDLE).network("back").network("outside"))
                .build();
        assertThatThrownBy(() -> prepare(application))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("networks.outside");
        if (!has(Capability.SEVERAL_NETWORKS)) {
            return;
        }

        engine().networks().ensure(name("outside"), Map.of(LABEL, label()));
        InstanceStatus web = up(prepare(application), "web", "blue");

        assertThat(engine().networks().members(name("outside")))
                .singleElement()
                .satisfies(member -> assertThat(member.environment()).isEqualTo(web.name()));
        assertThat(networks()).singleElement().satisfies(network -> {
            assertThat(network.name()).isEqualTo(project() + "-back-blue");
            assertThat(network.internal()).isTrue();
        });
        workloads().remove(project(), web.revision(), 1);
        workloads().tidy(project(), Set.of(), false);
        assertThat(networks()).isEmpty();
        assertThat(engine().networks().find(name("outside"))).isPresent();
    }

    @Test
    @DisplayName("volumes: what is in them outlives instances and releases, and goes when it is asked for")
    void volumes() {
        Blueprint first =
                blueprint(script("db", "echo one > vol/table; " + IDLE).volume("data", "/vol"));
        InstanceStatus db = start(first);
        eventually(
                "the table is there",
                () -> environment(db).exec("test", "-f", "vol/table").succeeded());
        workloads().remove(project(), first.revision(), 1);
        workloads().tidy(project(), Set.of(), false);

        Blueprint second = blueprint(script("db", "cat vol/table; " + IDLE).volume("data", "/vol"));
        InstanceStatus replaced = start(second);
        eventually("it reads the table", () -> stdout(environment(replaced)).contains("one"));
        assertThat(engine().volumes().list(LabelSelector.of(Labels.PROJECT, project())))
                .singleElement()
                .satisfies(volume -> assertThat(volume.name()).isEqualTo(project() + "-data"));

        assertThatThrownBy(() -> workloads().tidy(project(), Set.of(), true)).isInstanceOf(WrongStateException.class);
        workloads().remove(project(), second.revision(), 1);
        workloads().tidy(project(), Set.of(), true);

        assertThat(engine().volumes().list(LabelSelector.of(Labels.PROJECT, project())))
                .isEmpty();
    }

    @Test
    @DisplayName("volumes: an external one is used as it is and stays")
    void externalVolume() {
        engine().volumes().ensure(name("outside"), Map.of(LABEL, label()));
        Application application = application()
                .volume(VolumeDefinition.external("data", name("outside")))
                .service(script("db", "touch vol/used; " + IDLE).volume("data", "/vol"))
                .build();
        Blueprint db = blueprint(application, "db");
        start(db);
        workloads().remove(project(), db.revision(), 1);

        workloads().tidy(project(), Set.of(), true);

        assertThat(engine().volumes().find(name("outside"))).isPresent();
    }

    @Test
    @DisplayName("tidy: removes networks of unused colours, and none that is in use or another project's")
    void tidy() {
        Prepared prepared = prepare(application().service(script("web", IDLE)).build());
        Prepared foreign =
                prepare(application(name("other")).service(script("web", IDLE)).build());
        workloads().start(blueprint(prepared, "web", "blue"), 1, patience());
        workloads().start(blueprint(prepared, "web", "green"), 2, patience());
        workloads().start(blueprint(foreign, "web", "blue"), 1, patience());
        workloads().remove(project(), prepared.revision("web"), 1);

        workloads().tidy(project(), Set.of("green"), false);
        List<String> left = networks().stream().map(Network::name).toList();
        workloads().tidy(project(), Set.of(), false);

        if (has(Capability.SEVERAL_NETWORKS)) {
            assertThat(left).containsExactly(project() + "-default-green");
            assertThat(networks()).as("one that is in use").hasSize(1);
            assertThat(engine().networks().list(LabelSelector.of(Labels.PROJECT, name("other"))))
                    .hasSize(1);
        }
        assertThat(workloads().list(project(), AT_ONCE)).hasSize(1);
        assertThat(workloads().list(name("other"), AT_ONCE)).hasSize(1);
        InstanceStatus again = workloads().start(blueprint(prepared, "web", "blue"), 1, patience());
        assertThat(again.colour()).isEqualTo("blue");
    }

    private io.cofferdam.application.ServiceBuilder server(String name, String greeting) {
        EnvironmentSpec.Builder web = programs().web(8080).env("GREETING", greeting);
        return service(
                name, web.readyWhen(io.cofferdam.environment.Readiness.command("sh", "-c", "test -f www/index.html")));
    }

    private InstanceStatus up(Prepared prepared, String service, String colour) {
        Blueprint blueprint = blueprint(prepared, service, colour);
        workloads().start(blueprint, 1, patience());
        return workloads().awaitAvailable(blueprint, 1, AT_ONCE, patience());
    }

    private static Blueprint blueprint(Prepared prepared, String service, String colour) {
        return new Blueprint(prepared.application(), prepared.revision(service), "d1", colour, false);
    }

    private String fetch(IsolatedEnvironment client, String host) {
        String[] command = programs().fetch(host, 8080).toArray(String[]::new);
        eventually("'" + host + "' answers", () -> client.exec(command).succeeded());
        return client.exec(command).stdout();
    }

    private List<Network> networks() {
        return engine().networks().list(LabelSelector.of(Labels.PROJECT, project()));
    }
}
