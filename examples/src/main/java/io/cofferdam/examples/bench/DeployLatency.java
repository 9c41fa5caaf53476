package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.Service;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.examples.store.DeploymentFile;
import java.time.Duration;

/** How soon the host has its thread back: until a wish is on the disk, once with nobody at work and once beside a controller. */
final class DeployLatency implements Benchmark {

    private static final int WARM_UP = 50;
    private static final int SERVICES = 10;
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    @Override
    public int samples() {
        return 300;
    }

    @Override
    public String about() {
        return "deploy() until it returns, processes, with a file store";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        try (Scratch scratch = Scratch.make();
                DeploymentStore store = DeploymentFile.open(scratch.folder().resolve("store/deployments"));
                Orchestrator orchestrator = Cofferdam.open(
                        Cofferdam.PROCESS,
                        EngineConfig.builder()
                                .stateDirectory(scratch.folder().resolve("engine"))
                                .build())) {
            Report report = new Report();
            try (DeploymentEngine idle = DeploymentEngine.on(orchestrator)
                    .store(store)
                    .withoutController()
                    .open()) {
                Samples alone = time(idle, "bench-recorded", SERVICES, samples);
                report.fact("recorded", alone.document(), "recorded, " + SERVICES + " services: " + line(alone));
            }
            try (DeploymentEngine busy =
                    DeploymentEngine.on(orchestrator).store(store).open()) {
                busy.remove("bench-recorded", true, DeployOptions.defaults()).await(PATIENCE);
                Samples beside = time(busy, "bench-worked", 1, samples);
                busy.remove("bench-worked", true, DeployOptions.defaults()).await(PATIENCE);
                report.fact("besideController", beside.document(), "with a controller at work: " + line(beside));
            }
            return report;
        }
    }

    private static String line(Samples samples) {
        return samples.shown() + ", p99 " + Samples.round(samples.quantile(0.99)) + " ms, n = " + samples.count();
    }

    private static Samples time(DeploymentEngine engine, String project, int services, int count) {
        DeployOptions options = DeployOptions.with(StrategySettings.recreate());
        Samples samples = new Samples(count);
        for (int i = -WARM_UP; i < count; i++) {
            Application application = application(project, services, "v" + i);
            long begin = System.nanoTime();
            engine.deploy(application, options);
            long time = System.nanoTime() - begin;
            if (i >= 0) {
                samples.add(time);
            }
        }
        return samples;
    }

    private static Application application(String project, int services, String version) {
        ApplicationBuilder application = Application.named(project).version(version);
        for (int i = 0; i < services; i++) {
            application.service(Service.named("service-" + i)
                    .template(EnvironmentSpec.command("sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait")
                            .env("VERSION", version)
                            .build()));
        }
        return application.build();
    }
}
