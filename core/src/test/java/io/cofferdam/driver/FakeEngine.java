package io.cofferdam.driver;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Environments;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A fake engine with an orchestrator on it, for one test. */
final class FakeEngine implements AutoCloseable {

    final FakeTime time = new FakeTime();
    final FakeDriver driver = new FakeDriver(time);
    final Threads threads = Threads.named("fake-engine");
    final Orchestrator orchestrator;

    FakeEngine() {
        this(EngineConfig.defaults().callTimeout());
    }

    FakeEngine(Duration callTimeout) {
        EngineConfig config = EngineConfig.builder().callTimeout(callTimeout).build();
        orchestrator = DrivenOrchestrator.over(driver, config, time, time, threads);
    }

    Environments environments() {
        return orchestrator.environments();
    }

    static EnvironmentSpec.Builder spec(String name) {
        return EnvironmentSpec.command("serve").name(name).readyWhen(Readiness.running());
    }

    IsolatedEnvironment run(EnvironmentSpec.Builder spec) {
        return environments().run(spec.build());
    }

    /** The events from now on; complete after {@link Events#all}. */
    Events events() {
        return new Events();
    }

    @Override
    public void close() {
        orchestrator.close();
    }

    /** What was published. */
    final class Events {

        private final List<EnvironmentEvent> seen = new ArrayList<>();
        private final Subscription subscription = orchestrator.events().subscribe(EnvironmentEvent.class, event -> {
            synchronized (seen) {
                seen.add(event);
            }
        });

        /** Everything published before this call. Ends the recording. */
        List<EnvironmentEvent> all() {
            subscription.close();
            synchronized (seen) {
                return List.copyOf(seen);
            }
        }

        List<String> kinds() {
            return all().stream().map(event -> event.getClass().getSimpleName()).toList();
        }

        <E extends EnvironmentEvent> List<E> of(Class<E> type) {
            return all().stream().filter(type::isInstance).map(type::cast).toList();
        }
    }
}
