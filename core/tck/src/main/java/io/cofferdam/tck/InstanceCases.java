package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Revision;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Instances: started, found, adopted, removed. */
abstract class InstanceCases extends WorkloadCases {

    @Test
    @DisplayName("start: an environment with a name that follows from the revision, and labels that say what it is")
    void start() {
        Blueprint blueprint = blueprint(script("web", IDLE));

        InstanceStatus started = workloads().start(blueprint, 2, patience());

        assertThat(started.name())
                .isEqualTo(project() + "-web-" + blueprint.revision().hash().substring(0, 8) + "-2");
        assertThat(started.revision()).isEqualTo(blueprint.revision());
        assertThat(started.instance().ordinal()).isEqualTo(2);
        assertThat(started.deployment()).isEqualTo("d1");
        assertThat(started.project()).isEqualTo(project());
        assertThat(started.environment().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(started.environment().labels())
                .containsEntry(Labels.PROJECT, project())
                .containsEntry(Labels.LIFETIME, "persistent")
                .containsEntry(LABEL, label());
        assertThat(workloads().list(project(), AT_ONCE)).singleElement().satisfies(listed -> {
            assertThat(listed.name()).isEqualTo(started.name());
            assertThat(listed.instance().condition()).isEqualTo(Condition.AVAILABLE);
        });
        assertThat(workloads().find(project(), blueprint.revision(), 2)).isPresent();
        assertThat(workloads().find(project(), blueprint.revision(), 1)).isEmpty();
    }

    @Test
    @DisplayName("start: by two orchestrators at once makes one instance")
    void idempotentStart() {
        Blueprint blueprint = blueprint(script("web", IDLE));
        Orchestrator other = another();
        List<Callable<InstanceStatus>> starts = List.of(
                () -> workloads().start(blueprint, 1, patience()),
                () -> other.workloads().start(blueprint, 1, patience()),
                () -> workloads().start(blueprint, 1, patience()));

        List<InstanceStatus> started = inParallel(starts);

        assertThat(left()).hasSize(1);
        assertThat(started)
                .extracting(status -> status.environment().id())
                .containsOnly(left().get(0).id());
        assertThat(workloads()
                        .awaitAvailable(blueprint, 1, AT_ONCE, patience())
                        .instance()
                        .isAvailable())
                .isTrue();
    }

    @Test
    @DisplayName("start: one that is there and stopped is started, and keeps its deployment")
    void adoption() {
        Blueprint blueprint = blueprint(script("web", IDLE));
        InstanceStatus first = start(blueprint);
        environment(first).stop();
        Blueprint later = new Blueprint(blueprint.application(), blueprint.revision(), "d2", "", false);

        InstanceStatus again = start(later);

        assertThat(again.environment().id()).isEqualTo(first.environment().id());
        assertThat(again.environment().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(again.deployment()).isEqualTo("d1");
    }

    @Test
    @DisplayName("update: an instance is refused another content, and stays what it was")
    void noUpdate() {
        Blueprint blueprint = blueprint(script("web", IDLE));
        InstanceStatus started = start(blueprint);
        IsolatedEnvironment environment = environment(started);
        EnvironmentSpec changed = environment.spec().toBuilder().env("V", "2").build();

        assertThatThrownBy(() -> environment.update(changed))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("service 'web' of project '" + project() + "'")
                .hasMessageContaining("deploy a release");

        assertThat(workloads().find(project(), blueprint.revision(), 1))
                .hasValueSatisfying(found -> assertThat(found.environment().id())
                        .isEqualTo(started.environment().id()));
    }

    @Test
    @DisplayName("restore: an instance that goes back to a snapshot is still that instance")
    void restoredInstance() {
        if (!has(Capability.SNAPSHOTS)) {
            return;
        }
        Blueprint blueprint = blueprint(script("web", IDLE));
        IsolatedEnvironment environment = environment(startAndAwait(blueprint));
        String snapshot = name("saved");
        try {
            environment.restore(environment.snapshot(snapshot));

            assertThat(workloads().find(project(), blueprint.revision(), 1)).isPresent();
            assertThat(workloads().list(project(), AT_ONCE)).hasSize(1);
        } finally {
            engine().snapshots().remove(snapshot);
        }
    }

    @Test
    @DisplayName("start: something else of its name is an error and is not touched")
    void foreignName() {
        Blueprint blueprint = blueprint(script("web", IDLE));
        String name = project() + "-web-" + blueprint.revision().hash().substring(0, 8) + "-1";
        IsolatedEnvironment foreign = environments()
                .run(marked(programs().shell(IDLE))
                        .name(name)
                        .readyWhen(Readiness.running())
                        .build());

        assertThatThrownBy(() -> start(blueprint))
                .isInstanceOf(NameTakenException.class)
                .hasMessageContaining(name)
                .hasMessageContaining("web@");

        assertThat(foreign.status().state()).isEqualTo(EnvironmentState.RUNNING);
        workloads().remove(project(), blueprint.revision(), 1);
        assertThat(foreign.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThat(workloads().list(project(), AT_ONCE)).isEmpty();
    }

    @Test
    @DisplayName("start: a program that cannot be started leaves nothing")
    void failedStart() {
        EnvironmentSpec.Builder broken = programs().shell(IDLE).withCommand("/no/such/program");
        Blueprint blueprint = blueprint(service("web", broken));

        assertThatThrownBy(() -> start(blueprint)).isInstanceOf(StartFailedException.class);

        assertThat(left()).isEmpty();
        assertThat(workloads().list(project(), AT_ONCE)).isEmpty();
    }

    @Test
    @DisplayName("start: a fixed port that is taken leaves nothing, and routed instances have ports of their own")
    void ports() {
        int port = freePort();
        Blueprint blueprint = blueprint(service("web", programs().web(8080)).publish(PortMapping.fixed(port, 8080)));
        startAndAwait(blueprint);

        assertThatThrownBy(() -> workloads().start(blueprint, 2, patience())).isInstanceOf(PortTakenException.class);
        assertThat(left()).hasSize(1);

        Blueprint routed = new Blueprint(blueprint.application(), blueprint.revision(), "d1", "", true);
        workloads().start(routed, 2, patience());
        InstanceStatus second = workloads().awaitAvailable(routed, 2, AT_ONCE, patience());
        assertThat(second.environment().endpoints()).singleElement().satisfies(endpoint -> {
            assertThat(get(endpoint, "/")).isEqualTo("hello");
            assertThat(endpoint.hostPort() == port && endpoint.host().equals("127.0.0.1"))
                    .isFalse();
        });
    }

    @Test
    @DisplayName("remove: stops as the service asks for, and does nothing when it is gone")
    void remove() {
        Blueprint blueprint = blueprint(service(
                        "web",
                        programs()
                                .shell("trap 'touch /vol/stopped vol/stopped 2>/dev/null; exit 0' USR1; echo up;"
                                        + " while :; do sleep 0.05; done")
                                .stopSignal("SIGUSR1")
                                .readyWhen(Readiness.log("up")))
                .volume("data", "/vol"));
        startAndAwait(blueprint);

        inParallel(List.<Callable<Boolean>>of(
                () -> {
                    workloads().remove(project(), blueprint.revision(), 1);
                    return true;
                },
                () -> {
                    another().workloads().remove(project(), blueprint.revision(), 1);
                    return true;
                }));
        workloads().remove(project(), blueprint.revision(), 1);

        assertThat(left()).isEmpty();
        Blueprint reader = blueprint(script("reader", "ls vol; " + IDLE).volume("data", "/vol"));
        InstanceStatus started = start(reader);
        eventually(
                "the reader has listed the volume",
                () -> stdout(environment(started)).contains("stopped"));
    }

    @Test
    @DisplayName("name: one that would be too long is shortened and stays unique")
    void longNames() {
        String service = "a-service-with-a-name-that-is-as-long-as-names-may-be-0123456789";
        String longest = service.substring(0, 63);
        Blueprint blueprint = blueprint(script(longest, IDLE));

        InstanceStatus one = workloads().start(blueprint, 1, patience());
        InstanceStatus two = workloads().start(blueprint, 2, patience());

        assertThat(one.name()).hasSize(63).startsWith(project()).isNotEqualTo(two.name());
        assertThat(workloads().list(project(), AT_ONCE)).hasSize(2);
    }

    @Test
    @DisplayName("two projects do not touch each other")
    void twoProjects() {
        Blueprint one = blueprint(script("web", IDLE));
        Blueprint other = blueprint(
                application(name("shop-2")).service(script("web", IDLE)).build(), "web");
        start(one);
        InstanceStatus kept = start(other);

        workloads().remove(project(), one.revision(), 1);
        workloads().tidy(project(), java.util.Set.of(), true);

        assertThat(workloads().list(project(), AT_ONCE)).isEmpty();
        assertThat(workloads().list(name("shop-2"), AT_ONCE))
                .singleElement()
                .satisfies(status -> assertThat(status.name()).isEqualTo(kept.name()));
    }

    @Test
    @DisplayName("find: what is not there is empty")
    void nothing() {
        assertThat(workloads().find(project(), new Revision("web", "0123456789"), 1))
                .isEmpty();
        assertThat(workloads().list(project(), AT_ONCE)).isEmpty();
        assertThat(catchThrowableOfType(
                        io.cofferdam.error.NotFoundException.class,
                        () -> workloads().awaitAvailable(blueprint(script("web", IDLE)), 1, AT_ONCE, patience())))
                .hasMessageContaining("start it first");
    }
}
