package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.event.EventBus;
import io.cofferdam.traffic.Route;
import io.cofferdam.workload.InstanceStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Brings releases of applications onto an engine, one at a time for each project, and survives the end of the JVM: what was begun is
 * taken up by the next engine on the same store, in this JVM or in another one.
 *
 * <pre>{@code
 * try (Orchestrator orchestrator = Cofferdam.open();
 *         DeploymentEngine engine = DeploymentEngine.on(orchestrator).store(store).router(router).open()) {
 *     Deployment deployment = engine.deploy(application, DeployOptions.with(StrategySettings.blueGreen(ofSeconds(30))));
 *     deployment.await(Duration.ofMinutes(5));
 * }
 * }</pre>
 *
 * <p>Thread-safe. Closing it stops its work at the next step and leaves instances, routes and records as they are; it does not
 * close the orchestrator, the store or the router it was given.
 */
@Experimental
public interface DeploymentEngine extends AutoCloseable {

    /**
     * Begins an engine.
     *
     * @param orchestrator where instances run
     * @return a builder without a router, and with a store in memory
     */
    static DeploymentEngineBuilder on(Orchestrator orchestrator) {
        return new DeploymentEngineBuilder(Objects.requireNonNull(orchestrator, "orchestrator"), null);
    }

    /**
     * Brings a release. Returns as soon as the wish is recorded. A deployment of the project that is under way is superseded;
     * what would be gone back to stays the same.
     *
     * @param application the release
     * @param options how
     * @return the deployment
     * @throws InvalidInputException if the options or the application cannot work, as far as can be told without asking the engine
     */
    Deployment deploy(Application application, DeployOptions options);

    /**
     * What {@link #deploy} would do now: looks at the engine and changes nothing. Nothing is fetched or built, so that an image or a
     * folder that changed while its name stayed the same is taken for unchanged.
     *
     * @param application the release
     * @param options how
     * @return the plan, with rolling updates expanded as they would be carried out; empty if everything is as it should be
     * @throws InvalidInputException if the strategy does not fit, with every reason
     */
    Plan plan(Application application, DeployOptions options);

    /**
     * Goes back to the stable release before the present one.
     *
     * @param project the project
     * @param options how; its strategy decides how instances are replaced
     * @return the deployment
     * @throws NotFoundException if there is none
     */
    Deployment rollback(String project, DeployOptions options);

    /**
     * Goes back to a release that was stable once.
     *
     * @param project the project
     * @param version its version, or the number or the id of a deployment
     * @param options how
     * @return the deployment
     * @throws NotFoundException if the store has no such release that ended fully healthy; names those it has
     */
    Deployment rollback(String project, String version, DeployOptions options);

    /**
     * Changes how many instances services have, in the stable release.
     *
     * @param project the project
     * @param replicas for each service how many, 0 or more; others stay as they are
     * @param options how
     * @return the deployment
     * @throws NotFoundException if the project has no stable release
     * @throws InvalidInputException if it has no such service
     */
    Deployment scale(String project, Map<String, Integer> replicas, DeployOptions options);

    /**
     * Removes all instances, routes and networks of a project. Its history stays.
     *
     * @param project the project
     * @param volumes whether its volumes are removed too
     * @param options who asks
     * @return the deployment that removes them
     */
    Deployment remove(String project, boolean volumes, DeployOptions options);

    /**
     * Starts instances that were stopped, in dependency order.
     *
     * @param project the project
     * @param target a service, {@code service/ordinal} or the name of an instance's environment; empty for all
     * @param timeout how long it may take, waiting for other work on the project included
     * @throws NotFoundException if there is no such instance
     */
    void start(String project, String target, Duration timeout);

    /**
     * Stops instances and keeps them: takes them out of the router, waits for what is under way, stops. In reverse dependency order.
     *
     * @param project the project
     * @param target a service, {@code service/ordinal} or the name of an instance's environment; empty for all
     * @param timeout how long it may take, waiting for other work on the project included
     * @throws NotFoundException if there is no such instance
     */
    void stop(String project, String target, Duration timeout);

    /**
     * Restarts instances one at a time for each service.
     *
     * @param project the project
     * @param target a service, {@code service/ordinal} or the name of an instance's environment; empty for all
     * @param timeout how long it may take, waiting for other work on the project included
     * @throws NotFoundException if there is no such instance
     */
    void restart(String project, String target, Duration timeout);

    /**
     * Finds a deployment.
     *
     * @param id its id
     * @return empty if the store has none
     */
    Optional<Deployment> find(String id);

    /**
     * The deployment of a project that is under way or, if none is, the last one.
     *
     * @param project the project
     * @return empty if it never had one
     */
    Optional<Deployment> latest(String project);

    /**
     * The projects in the store.
     *
     * @return their names, sorted
     */
    List<String> projects();

    /**
     * The deployments of a project, the newest first.
     *
     * @param project the project
     * @param before only those with a lower number; {@link Long#MAX_VALUE} for the first page
     * @param limit how many at the most, 1 or more
     * @return the records
     */
    List<DeploymentRecord> history(String project, long before, int limit);

    /**
     * The events of a project in the order they happened in.
     *
     * @param project the project
     * @param after only those with a higher number; 0 for all
     * @param limit how many at the most, 1 or more
     * @return the events
     */
    List<DeploymentEvent> events(String project, long after, int limit);

    /**
     * The instances of a project as the engine sees them now.
     *
     * @param project the project
     * @return the instances, ordered by service, revision and ordinal
     */
    List<InstanceStatus> instances(String project);

    /**
     * The addresses callers use.
     *
     * @param project the project
     * @return the router's routes; empty without a router
     */
    List<Route> routes(String project);

    /**
     * The release that is stable now.
     *
     * @param project the project
     * @return empty if there is none
     */
    Optional<Application> stable(String project);

    /**
     * Forgets old deployments: see {@link DeploymentStore#prune}.
     *
     * @param project the project
     * @param keep how many of the newest ended ones are kept, 0 or more
     * @param endedBefore only what ended before
     * @return how many were forgotten
     */
    int prune(String project, int keep, Instant endedBefore);

    /**
     * Where the events of deployments that this engine carries out are published, after they were stored.
     *
     * @return the bus; closed with the engine
     */
    EventBus bus();

    /** Stops its work at the next step, and leaves instances, routes and records as they are. Does nothing the second time. */
    @Override
    void close();
}
