package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.application.Application;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Probe;
import io.cofferdam.workload.InstanceStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the cases of deployments share: an engine over a store of the case's own. */
abstract class DeploymentCases extends WorkloadCases {

    static final DeployOptions ROLLING = DeployOptions.defaults();
    static final DeployOptions RECREATE = DeployOptions.with(StrategySettings.recreate());
    static final DeployOptions BLUE_GREEN = DeployOptions.with(StrategySettings.blueGreen(Duration.ZERO));

    /** Looks well at once, until somebody removes the file. */
    static final String WELL = "touch well; " + IDLE;

    private static final HealthCheck BY_FILE = HealthCheck.of(Probe.command("test", "-f", "well"))
            .withInterval(Duration.ofMillis(200))
            .withRetries(2);

    private final List<DeploymentEngine> engines = new ArrayList<>();
    private DeploymentStore store;
    private DeploymentEngine engine;

    @BeforeEach
    final void openTheEngine() {
        store = DeploymentStore.inMemory();
        engine = open(engine());
    }

    @AfterEach
    final void closeTheEngines() {
        try (DeploymentEngine last = open(engine())) {
            engine.close();
            last.remove(project(), true, ROLLING).await(patience());
        }
        engines.forEach(DeploymentEngine::close);
        store.close();
    }

    final DeploymentEngine open(Orchestrator orchestrator) {
        DeploymentEngine opened = DeploymentEngine.on(orchestrator)
                .store(store)
                .lease(Duration.ofSeconds(2))
                .clock(subject().clock())
                .open();
        engines.add(opened);
        return opened;
    }

    final DeploymentEngine deployments() {
        return engine;
    }

    final DeploymentStore store() {
        return store;
    }

    /** A service whose instances say which version they are, and are healthy while a file is there. */
    final ServiceBuilder checked(String name, String version, String script) {
        return service(
                name,
                programs()
                        .shell("echo " + name + " " + version + "; " + script)
                        .env("VERSION", version)
                        .stopGrace(Duration.ofSeconds(2))
                        .healthCheck(BY_FILE));
    }

    /** Two webs that need one api, which is the same in all versions. */
    final Application shop(String version, String web) {
        return application()
                .version(version)
                .service(checked("api", "same", WELL))
                .service(checked("web", version, web).replicas(2).dependsOn("api"))
                .build();
    }

    final DeploymentRecord bring(Application application, DeployOptions options) {
        return deployments().deploy(application, options).await(patience());
    }

    final void bringWell(Application application) {
        DeploymentRecord record = bring(application, ROLLING);
        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    final List<InstanceStatus> instances(String service) {
        return deployments().instances(project()).stream()
                .filter(one -> one.instance().service().equals(service))
                .toList();
    }

    /** The unit of each instance by its name: other units are other instances. */
    final Map<String, String> units(String service) {
        Map<String, String> units = new TreeMap<>();
        instances(service)
                .forEach(one -> units.put(one.name(), one.environment().id()));
        return units;
    }

    /** Which versions the instances of a service were started with. */
    final List<String> versions(String service) {
        return instances(service).stream()
                .map(one -> environments().get(one.name()).spec().env().getOrDefault("VERSION", ""))
                .sorted()
                .toList();
    }

    final List<String> types(Deployment deployment) {
        return store.eventsOf(deployment.id(), 0, 1000).stream()
                .map(DeploymentEvent::type)
                .toList();
    }

    final List<String> types(DeploymentRecord record) {
        return store.eventsOf(record.id(), 0, 1000).stream()
                .map(DeploymentEvent::type)
                .toList();
    }

    /** Waits until a deployment is as wanted. */
    final void await(Deployment deployment, Predicate<DeploymentRecord> wanted) {
        try (Follower follower = new Follower(deployment)) {
            follower.await(wanted);
        }
    }

    /** Looks again with each event; stages without an event of their own are seen with the next one, or soon. */
    private final class Follower implements AutoCloseable {
        private final Deployment deployment;
        private final Semaphore told = new Semaphore(0);
        private final AutoCloseable following;

        Follower(Deployment deployment) {
            this.deployment = deployment;
            following = deployment.follow(event -> told.release());
        }

        void await(Predicate<DeploymentRecord> wanted) {
            long end = System.nanoTime() + patience().toNanos();
            while (!wanted.test(deployment.record())) {
                assertThat(System.nanoTime())
                        .as("%s: %s", deployment.status(), deployment.message())
                        .isLessThan(end);
                try {
                    if (told.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                        told.drainPermits();
                    }
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
            }
        }

        @Override
        public void close() {
            try {
                following.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
