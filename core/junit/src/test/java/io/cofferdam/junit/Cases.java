package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.pool.EnvironmentPool;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.testkit.engine.EngineExecutionResults;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** Runs sample classes on one engine and looks at their outcome. */
abstract class Cases {

    abstract String engine();

    EngineExecutionResults run(Class<?>... samples) {
        return run(Map.of(), samples);
    }

    EngineExecutionResults run(Map<String, String> parameters, Class<?>... samples) {
        return EngineTestKit.engine("junit-jupiter")
                .selectors(Arrays.stream(samples)
                        .map(sample -> selectClass(sample))
                        .toArray(org.junit.platform.engine.DiscoverySelector[]::new))
                .configurationParameter("cofferdam.engine", engine())
                .configurationParameters(parameters)
                .execute();
    }

    /** Runs them and expects every test to succeed. */
    EngineExecutionResults succeed(long tests, Class<?>... samples) {
        return succeed(tests, Map.of(), samples);
    }

    EngineExecutionResults succeed(long tests, Map<String, String> parameters, Class<?>... samples) {
        EngineExecutionResults results = run(parameters, samples);
        assertThat(failures(results)).isEmpty();
        results.testEvents().assertStatistics(stats -> stats.succeeded(tests).failed(0));
        return results;
    }

    /** Of tests and of classes. */
    static List<Throwable> failures(EngineExecutionResults results) {
        return results.allEvents()
                .failed()
                .map(event -> event.getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
                        .getThrowable()
                        .orElseThrow())
                .toList();
    }

    static Throwable failure(EngineExecutionResults results) {
        List<Throwable> failures = failures(results);
        assertThat(failures).hasSize(1);
        return failures.get(0);
    }

    static List<Event> reports(EngineExecutionResults results) {
        return results.allEvents().reportingEntryPublished().list();
    }

    /** The engine as the tests see it. */
    Orchestrator open() {
        Settings settings = Settings.read(key -> Optional.empty(), Cases.class.getClassLoader());
        return Cofferdam.open(engine(), settings.engineConfig());
    }

    /** The names of environments of a pool that this JVM left on the engine. */
    List<String> leftInPools() {
        try (Orchestrator engine = open()) {
            return engine.environments().statuses(LabelSelector.having(EnvironmentPool.LABEL)).stream()
                    .filter(Cases::isOurs)
                    .map(status -> status.name())
                    .toList();
        }
    }

    /** The same may be tested on the same engine by another JVM. */
    private static boolean isOurs(EnvironmentStatus status) {
        return status.labels()
                .getOrDefault(Labels.OWNER, "")
                .contains(":" + ProcessHandle.current().pid() + ":");
    }

    /** The names of environments that tests of a class, run by this JVM, left on the engine. */
    List<String> leftBy(Class<?>... samples) {
        try (Orchestrator engine = open()) {
            return engine.environments().statuses(LabelSelector.having(Starts.LABEL)).stream()
                    .filter(Cases::isOurs)
                    .filter(status -> Arrays.stream(samples)
                            .anyMatch(sample -> status.labels()
                                    .getOrDefault(Starts.LABEL, "")
                                    .startsWith(sample.getName())))
                    .map(status -> status.name())
                    .toList();
        }
    }
}
