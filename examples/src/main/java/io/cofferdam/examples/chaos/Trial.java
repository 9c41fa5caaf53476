package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Probe;
import io.cofferdam.error.EngineUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * One project that things are done to: a base that never changes, an api and a web that do, two instances each, and where its
 * engine and its store keep their files.
 *
 * @param engine the engine's name
 * @param project the project's name, which the names of everything it makes begin with
 * @param image an image with a shell, for engines that have images
 * @param folder for the files
 */
record Trial(String engine, String project, String image, Path folder) {

    /** The services, and how many instances each has. */
    static final List<String> SERVICES = List.of("base", "api", "web");

    static final int REPLICAS = 2;

    private static final int TRIES = 10;

    /** How long a dead controller keeps its project. */
    static final Duration LEASE = Duration.ofSeconds(2);

    private static final String IDLE = "trap 'exit 0' TERM; sleep 3600 & wait";
    private static final HealthCheck BY_FILE = HealthCheck.of(Probe.command("test", "-f", "well"))
            .withInterval(Duration.ofMillis(200))
            .withRetries(2);

    /** Opens the engine, with patience: one that many things are done to at once may not answer in time. */
    Orchestrator openEngine() {
        EngineConfig config =
                EngineConfig.builder().stateDirectory(folder.resolve("engine")).build();
        for (int tries = 1; ; tries++) {
            try {
                return Cofferdam.open(engine, config);
            } catch (EngineUnavailableException e) {
                if (tries == TRIES) {
                    throw e;
                }
            }
        }
    }

    Path storeFile() {
        return folder.resolve("store").resolve("deployments");
    }

    static DeploymentEngine openDeployments(Orchestrator orchestrator, DeploymentStore store) {
        return DeploymentEngine.on(orchestrator).store(store).lease(LEASE).open();
    }

    /** How to deploy by a strategy: nothing waits longer than it has to. */
    static DeployOptions options(String strategy) {
        Duration moment = Duration.ofMillis(100);
        StrategySettings settings = switch (strategy) {
            case "blue-green" -> StrategySettings.blueGreen(moment);
            case "canary" -> StrategySettings.canary(List.of(new CanaryStep(20, moment), new CanaryStep(50, moment)));
            default -> StrategySettings.named(strategy);
        };
        return DeployOptions.with(settings)
                .drain(Duration.ZERO)
                .progressDeadline(Duration.ofSeconds(30))
                .user("chaos");
    }

    /** A release in which everything works. */
    Application good(String version) {
        return release(version, well("api", version), well("web", version));
    }

    /** A release whose web ends as soon as it has begun. */
    Application crashing(String version) {
        return release(version, well("api", version), checked("web", version, "exit 3"));
    }

    /** A release with an api and a web of one's own; the base is the same in all of them. */
    Application release(String version, ServiceBuilder api, ServiceBuilder web) {
        return Application.named(project)
                .version(version)
                .service(service("base", "same", IDLE).replicas(REPLICAS))
                .service(api.replicas(REPLICAS).dependsOn("base"))
                .service(web.replicas(REPLICAS).dependsOn("api"))
                .build();
    }

    /** A service that is healthy as soon as it has begun. */
    ServiceBuilder well(String name, String version) {
        return checked(name, version, "touch well; " + IDLE);
    }

    /** A service that is healthy while there is a file {@code well} where it runs. */
    ServiceBuilder checked(String name, String version, String script) {
        return service(name, version, script).healthCheck(BY_FILE);
    }

    private ServiceBuilder service(String name, String version, String script) {
        EnvironmentSpec.Builder template = engine.equals(Cofferdam.PROCESS)
                ? EnvironmentSpec.command("sh", "-c", script)
                : EnvironmentSpec.image(image).withCommand("sh", "-c", script);
        return Service.named(name)
                .template(template.env("VERSION", version)
                        .stopGrace(Duration.ofSeconds(2))
                        .build());
    }
}
