package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Events, whoever causes what happens. */
abstract class EventCases extends Cases {

    @Test
    @DisplayName("events of one environment come in the order in which things happened to it")
    void order() {
        Recorder events = record();
        Instant before = Instant.now().minusSeconds(60);
        IsolatedEnvironment environment = idle("web");
        environment.stop();
        environment.start();
        environment.stop();
        environment.remove();

        events.await(EnvironmentEvent.Removed.class, name("web"));

        assertThat(events.kindsOf(name("web")))
                .containsExactly("Created", "Started", "Ready", "Exited", "Started", "Ready", "Exited", "Removed");
        assertThat(events.of(name("web"))).allSatisfy(event -> {
            assertThat(event.id()).isEqualTo(environment.id());
            assertThat(event.at()).isBetween(before, Instant.now().plusSeconds(60));
        });
    }

    @Test
    @DisplayName("Exited: with the exit code of one that ends by itself")
    void exited() {
        Recorder events = record();

        run("job", "exit 17");

        EnvironmentEvent.Exited exited = events.await(EnvironmentEvent.Exited.class, name("job"));
        assertThat(exited.exitCode()).isEqualTo(17);
        assertThat(exited.outOfMemory()).isFalse();
    }

    @Test
    @DisplayName("Paused, Resumed")
    void pausedAndResumed() {
        Recorder events = record();
        IsolatedEnvironment environment = idle("web");
        if (!has(Capability.PAUSE)) {
            assertRefused(Capability.PAUSE, environment::pause);
            return;
        }

        environment.pause();
        environment.resume();

        events.await(EnvironmentEvent.Paused.class, name("web"));
        events.await(EnvironmentEvent.Resumed.class, name("web"));
        assertThat(events.kindsOf(name("web"))).containsExactly("Created", "Started", "Ready", "Paused", "Resumed");
    }

    @Test
    @DisplayName("what another orchestrator makes, starts, stops and removes is told as well")
    void whatOthersDo() {
        Recorder events = record();
        Orchestrator other = another();
        IsolatedEnvironment environment =
                other.environments().create(shell("web", IDLE).build());
        events.await(EnvironmentEvent.Created.class, name("web"));
        environment.start();
        events.await(EnvironmentEvent.Started.class, name("web"));
        environment.stop();
        events.await(EnvironmentEvent.Exited.class, name("web"));
        environment.remove();
        events.await(EnvironmentEvent.Removed.class, name("web"));

        assertThat(events.kindsOf(name("web"))).containsExactly("Created", "Started", "Exited", "Removed");
    }

    @Test
    @DisplayName("one's own environment that another orchestrator stops and removes: known at once, and told")
    void whatOthersDoToOnesOwn() {
        Recorder events = record();
        IsolatedEnvironment environment = idle("web");
        Orchestrator other = another();

        other.environments().get(name("web")).stop();

        assertThat(environment.status().state()).isEqualTo(EnvironmentState.EXITED);
        events.await(EnvironmentEvent.Exited.class, name("web"));
        other.environments().get(name("web")).remove();
        assertThat(environment.status().state()).isEqualTo(EnvironmentState.REMOVED);
        events.await(EnvironmentEvent.Removed.class, name("web"));
    }

    @Test
    @DisplayName("every orchestrator of the engine hears the same")
    void everybodyHearsTheSame() {
        List<Recorder> recorders = List.of(record(), record(another()), record(another()));

        IsolatedEnvironment environment = runToEnd("job", "exit 1");
        environment.remove();

        assertThat(recorders).allSatisfy(events -> {
            events.await(EnvironmentEvent.Removed.class, name("job"));
            // Only the orchestrator that waited for it can tell that it became ready.
            assertThat(events.kindsOf(name("job")).stream().filter(kind -> !kind.equals("Ready")))
                    .containsExactly("Created", "Started", "Exited", "Removed");
        });
    }

    @Test
    @DisplayName("events of ten environments at once are complete, for each in its order")
    void manyAtOnce() {
        Recorder events = record();
        inParallel(IntStream.range(0, 10)
                .<Callable<Boolean>>mapToObj(i -> () -> {
                    runToEnd("job-" + i, "exit 0").remove();
                    return true;
                })
                .toList());

        for (int i = 0; i < 10; i++) {
            events.await(EnvironmentEvent.Removed.class, name("job-" + i));
            assertThat(events.kindsOf(name("job-" + i)).stream().filter(kind -> !kind.equals("Ready")))
                    .containsExactly("Created", "Started", "Exited", "Removed");
        }
    }
}
