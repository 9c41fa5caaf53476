package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.util.List;

/** From nothing to a running container. */
final class DockerStart implements Benchmark {

    private static final int WARM_UP = 15;

    @Override
    public int samples() {
        return 200;
    }

    @Override
    public String about() {
        return "Docker, create to running, against docker-java";
    }

    static EnvironmentSpec spec(String image, String name) {
        return EnvironmentSpec.image(image)
                .name(name)
                .withCommand("sleep", "1000")
                .readyWhen(Readiness.running())
                .build();
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples ours = new Samples(samples);
        EngineInfo info;
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER)) {
            info = engine.info();
            try (RawDocker docker = new RawDocker(info, image, 32)) {
                for (int i = -WARM_UP; i < samples; i++) {
                    // Each goes first every other time, so that neither profits from the other's wake.
                    long rawTime = i % 2 == 0 ? raw(docker, i) : 0;
                    long ourTime = ours(engine, image, i);
                    rawTime = i % 2 == 0 ? rawTime : raw(docker, i);
                    if (i >= 0) {
                        raw.add(rawTime);
                        ours.add(ourTime);
                    }
                }
            }
        }
        List<String> calls = calls(info, image);
        return new Report()
                .comparison("docker-java", raw, ours)
                .fact("callsOfOneStart", calls, "engine calls of one start: " + String.join(", ", calls));
    }

    private static long raw(RawDocker docker, int i) {
        long start = System.nanoTime();
        String id = docker.run("bench-raw-" + (i + WARM_UP));
        long time = System.nanoTime() - start;
        docker.remove(id);
        return time;
    }

    private static long ours(Orchestrator engine, String image, int i) {
        EnvironmentSpec spec = spec(image, "bench-" + (i + WARM_UP));
        long start = System.nanoTime();
        IsolatedEnvironment environment = engine.environments().run(spec);
        long time = System.nanoTime() - start;
        environment.remove();
        return time;
    }

    /** The requests that one start sends, seen by a relay on the way to the engine; not the first, which may prepare things. */
    private static List<String> calls(EngineInfo info, String image) throws Exception {
        if (!info.endpoint().startsWith("unix://")) {
            return List.of("not counted: the engine is not on a unix socket");
        }
        try (RequestCounter counter = RequestCounter.before(info.endpoint());
                Orchestrator engine = Cofferdam.open(
                        Cofferdam.DOCKER,
                        EngineConfig.builder().host(counter.endpoint()).build())) {
            engine.environments().run(spec(image, "bench-calls-1")).remove();
            counter.take();
            IsolatedEnvironment counted = engine.environments().run(spec(image, "bench-calls-2"));
            List<String> calls = counter.take();
            counted.remove();
            return calls;
        }
    }
}
