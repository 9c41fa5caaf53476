package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/** What followers of logs cost calls to the engine: 200 of them against none. */
final class Followers implements Benchmark {

    private static final int FOLLOWERS = 200;
    private static final int SOURCES = 10;
    private static final int ROUND = 50;

    @Override
    public int samples() {
        return 500;
    }

    @Override
    public String about() {
        return "Docker, a call for the status beside " + FOLLOWERS + " followers of logs, against idle";
    }

    @Override
    public Report measure(int samples, String image) {
        Samples idle = new Samples(samples);
        Samples beside = new Samples(samples);
        LongAdder lines = new LongAdder();
        List<IsolatedEnvironment> sources = new ArrayList<>();
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER)) {
            for (int i = 0; i < SOURCES; i++) {
                sources.add(engine.environments()
                        .run(EnvironmentSpec.image(image)
                                .name("bench-source-" + i)
                                .withCommand("sh", "-c", "while :; do echo a line; sleep 0.5; done")
                                .readyWhen(Readiness.running())
                                .build()));
            }
            while (beside.count() < samples) {
                int round = Math.min(ROUND, samples - beside.count());
                ask(sources, round, idle);
                List<LogFollower> followers = new ArrayList<>();
                for (int i = 0; i < FOLLOWERS; i++) {
                    followers.add(
                            sources.get(i % SOURCES).follow(LogQuery.all().withTail(1), line -> lines.increment()));
                }
                ask(sources, round, beside);
                followers.forEach(LogFollower::close);
            }
        }
        double ratio = beside.quantile(0.95) / idle.quantile(0.95);
        return new Report()
                .comparison("idle", idle, beside)
                .fact("p95Ratio", Samples.round(ratio), String.format("ratio of p95: %.3f", ratio))
                .fact("lines", lines.sum(), lines.sum() + " lines delivered meanwhile");
    }

    private static void ask(List<IsolatedEnvironment> sources, int times, Samples into) {
        for (int i = 0; i < times; i++) {
            long start = System.nanoTime();
            sources.get(i % SOURCES).status();
            into.add(System.nanoTime() - start);
        }
    }
}
