package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.io.IOException;
import java.nio.file.Path;

/** From the start of a program to ready. */
final class ProcessStart implements Benchmark {

    private static final int WARM_UP = 30;

    @Override
    public int samples() {
        return 200;
    }

    @Override
    public String about() {
        return "processes, start to ready, against ProcessBuilder";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples start = new Samples(samples);
        Samples createAndStart = new Samples(samples);
        try (Scratch scratch = Scratch.make();
                Orchestrator engine = Cofferdam.open(
                        Cofferdam.PROCESS,
                        EngineConfig.builder().stateDirectory(scratch.folder()).build())) {
            for (int i = -WARM_UP; i < samples; i++) {
                long rawTime = i % 2 == 0 ? raw(scratch.folder()) : 0;
                long[] ourTimes = ours(engine, i);
                rawTime = i % 2 == 0 ? rawTime : raw(scratch.folder());
                if (i >= 0) {
                    raw.add(rawTime);
                    start.add(ourTimes[1]);
                    createAndStart.add(ourTimes[0] + ourTimes[1]);
                }
            }
        }
        return new Report()
                .comparison("ProcessBuilder", raw, start)
                .fact(
                        "createAndStart",
                        createAndStart.document(),
                        "cofferdam with the making of the environment: " + createAndStart.shown());
    }

    private static long raw(Path directory) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        Process process = new ProcessBuilder("sleep", "1000")
                .directory(directory.toFile())
                .redirectOutput(directory.resolve("raw.out").toFile())
                .redirectError(directory.resolve("raw.err").toFile())
                .start();
        long time = System.nanoTime() - begin;
        process.destroyForcibly().waitFor();
        return time;
    }

    private static long[] ours(Orchestrator engine, int i) {
        EnvironmentSpec spec = EnvironmentSpec.command("sleep", "1000")
                .name("bench-" + (i + WARM_UP))
                .readyWhen(Readiness.running())
                .build();
        long begin = System.nanoTime();
        IsolatedEnvironment environment = engine.environments().create(spec);
        long created = System.nanoTime();
        environment.start();
        long started = System.nanoTime();
        environment.remove();
        return new long[] {created - begin, started - created};
    }
}
