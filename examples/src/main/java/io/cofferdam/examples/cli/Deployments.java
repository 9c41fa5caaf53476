package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEngineBuilder;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.SecretSeal;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.examples.store.DeploymentFile;
import io.cofferdam.gateway.Gateway;
import io.cofferdam.traffic.HaProxyRouter;
import io.cofferdam.traffic.NginxRouter;
import io.cofferdam.traffic.TrafficRouter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What commands about deployments work with: an engine, the store, a router. Closing it closes all of them. */
final class Deployments implements AutoCloseable {

    /** The routers there are, the usual one first. */
    static final List<String> ROUTERS = List.of("gateway", "haproxy", "nginx", "none");

    /** How long it may take until another program serves the file. */
    private static final Duration HANDOVER = Duration.ofSeconds(20);

    private final Orchestrator orchestrator;
    private final DeploymentStore store;

    @Nullable
    private final TrafficRouter router;

    private final DeploymentEngine engine;
    private final boolean isController;

    private Deployments(
            Orchestrator orchestrator,
            DeploymentStore store,
            @Nullable TrafficRouter router,
            Path folder,
            boolean isController) {
        this.orchestrator = orchestrator;
        this.store = store;
        this.router = router;
        this.isController = isController;
        DeploymentEngineBuilder builder = DeploymentEngine.on(orchestrator)
                .store(store)
                .seal(SecretSeal.withKeyFile(folder.resolve("secrets.key")));
        if (router != null) {
            builder.router(router);
        }
        engine = (isController ? builder : builder.withoutController()).open();
    }

    /**
     * Opens all of it.
     *
     * @param role whether the work of a project is done here
     */
    static Deployments open(Projects projects, Orchestrator orchestrator, String router, Role role, String project) {
        Path folder = projects.folder();
        DeploymentStore store = store(folder);
        try {
            // Who waits for somebody else's lease would stop at nothing when it ends, so it does not ask for it.
            boolean works = role == Role.CONTROLLER
                    || (role == Role.IF_NOBODY_ELSE && store.holder(project).isEmpty());
            return new Deployments(orchestrator, store, router(router, folder.resolve(router)), folder, works);
        } catch (RuntimeException failed) {
            store.close();
            throw failed;
        }
    }

    private static @Nullable TrafficRouter router(String name, Path folder) {
        return switch (name) {
            case "gateway" -> Gateway.detached(folder);
            case "haproxy" -> HaProxyRouter.in(folder);
            case "nginx" -> NginxRouter.in(folder);
            default -> null;
        };
    }

    /** Who does the work. */
    enum Role {
        /** Only asks, and records wishes. */
        OBSERVER,
        /** Does the work, unless a controller is there that does it. */
        IF_NOBODY_ELSE,
        /** Does the work. */
        CONTROLLER
    }

    /**
     * What was recorded, in a file that several programs can open at the same time. One of them serves the others; while that one
     * ends and another takes its place, nobody is let in, and so it is tried again.
     */
    static DeploymentStore store(Path folder) {
        long end = System.nanoTime() + HANDOVER.toNanos();
        while (true) {
            try {
                return DeploymentFile.open(folder.resolve("deployments"));
            } catch (EngineUnavailableException busy) {
                if (System.nanoTime() - end >= 0) {
                    throw busy;
                }
                pause(busy);
            }
        }
    }

    private static void pause(EngineUnavailableException busy) {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            busy.addSuppressed(ended);
            throw busy;
        }
    }

    DeploymentEngine engine() {
        return engine;
    }

    DeploymentStore store() {
        return store;
    }

    Orchestrator orchestrator() {
        return orchestrator;
    }

    /** Whether the work is done here. */
    boolean isController() {
        return isController;
    }

    /** Lets the gateway's process end when no project has routes any more. */
    void endGatewayWhenIdle() {
        if (router instanceof Gateway gateway) {
            boolean unused = gateway.stopWhenIdle();
        }
    }

    @Override
    public void close() {
        try (store) {
            engine.close();
        } finally {
            if (router != null) {
                router.close();
            }
        }
    }
}
