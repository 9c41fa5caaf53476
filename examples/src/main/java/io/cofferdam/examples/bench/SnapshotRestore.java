package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.Snapshot;
import java.time.Duration;

/** A snapshot of 100 MiB of change and the way back to it, against a commit and a container made from it. */
final class SnapshotRestore implements Benchmark {

    private static final int WARM_UP = 2;
    private static final String CHANGE = "dd if=/dev/urandom of=/change bs=1M count=100 2>/dev/null";

    @Override
    public int samples() {
        return 20;
    }

    @Override
    public String about() {
        return "Docker, snapshot and restore of 100 MiB of change, against commit and create by docker-java";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples ours = new Samples(samples);
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker docker = new RawDocker(engine.info(), image, 32)) {
            for (int i = -WARM_UP; i < samples; i++) {
                long rawTime = i % 2 == 0 ? raw(engine, docker, image) : 0;
                long ourTime = ours(engine, image, i);
                rawTime = i % 2 == 0 ? rawTime : raw(engine, docker, image);
                if (i >= 0) {
                    raw.add(rawTime);
                    ours.add(ourTime);
                }
            }
        }
        return new Report().comparison("docker-java", raw, ours);
    }

    private static IsolatedEnvironment changed(Orchestrator engine, String image, String name) {
        IsolatedEnvironment environment = engine.environments()
                .run(EnvironmentSpec.image(image)
                        .name(name)
                        .withCommand("sleep", "1000")
                        .stopGrace(Duration.ZERO)
                        .readyWhen(Readiness.running())
                        .build());
        environment.exec(ExecSpec.of("sh", "-c", CHANGE));
        return environment;
    }

    /** The change is made by the library here, too; only what follows is measured. */
    private static long raw(Orchestrator engine, RawDocker docker, String image) {
        IsolatedEnvironment environment = changed(engine, image, "bench-raw");
        long start = System.nanoTime();
        String replacement = docker.commitAndReplace(environment.id(), "bench-raw-replaced");
        long time = System.nanoTime() - start;
        docker.removeWithImage(replacement);
        return time;
    }

    private static long ours(Orchestrator engine, String image, int i) {
        try (IsolatedEnvironment environment = changed(engine, image, "bench-" + (i + WARM_UP))) {
            long start = System.nanoTime();
            Snapshot snapshot = environment.snapshot("bench-" + (i + WARM_UP));
            environment.restore(snapshot);
            long time = System.nanoTime() - start;
            environment.remove();
            engine.snapshots().remove(snapshot.name());
            return time;
        }
    }
}
