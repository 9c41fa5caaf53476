package io.cofferdam.docker;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.DrivenOrchestrator;
import io.cofferdam.driver.KnownOptions;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.OrchestratorProvider;

/**
 * The Docker back end. It looks for an engine where the Docker client would: the configured host and nowhere else, or
 * {@code DOCKER_HOST}, the client's current context, the default socket, sockets of rootless engines, of Docker Desktop and
 * of Podman. Engines from Docker 19.03 (API 1.40) on are spoken with.
 *
 * <p>TLS is used where {@link EngineConfig#tlsDirectory()}, {@code DOCKER_TLS_VERIFY} with {@code DOCKER_CERT_PATH}, or
 * the context says so. Settings of its own: none.
 */
public final class DockerProvider implements OrchestratorProvider {

    static final String NAME = "docker";

    /** Made by {@link java.util.ServiceLoader}. */
    public DockerProvider() {}

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Discovery discover(EngineConfig config) {
        try (Threads threads = Threads.named("cofferdam-docker-discovery")) {
            EngineSearch search = new EngineSearch(config, Surroundings.ofThisJvm(), threads);
            EngineFacts found = search.run();
            return found != null
                    ? Discovery.found(found.engineInfo(), search.rejected())
                    : Discovery.missing(NAME, search.rejected());
        }
    }

    @Override
    public Orchestrator open(EngineConfig config) {
        KnownOptions.check(config, this);
        DockerDriver driver = DockerDriver.open(config, Surroundings.ofThisJvm());
        try {
            return DrivenOrchestrator.over(driver, config);
        } catch (RuntimeException failure) {
            driver.close();
            throw failure;
        }
    }
}
