package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.time.Duration;
import java.time.Instant;

/** How long after the end of a container that does one thing its waiter knows. */
final class OneShot implements Benchmark {

    private static final int WARM_UP = 10;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Override
    public int samples() {
        return 100;
    }

    @Override
    public String about() {
        return "Docker, the end of a one-shot by the engine's clock to the return of awaitExit";
    }

    @Override
    public Report measure(int samples, String image) {
        Samples seen = new Samples(samples);
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER)) {
            for (int i = -WARM_UP; i < samples; i++) {
                IsolatedEnvironment environment = engine.environments()
                        .run(EnvironmentSpec.image(image)
                                .name("bench-" + (i + WARM_UP))
                                .withCommand("sleep", "0.2")
                                .readyWhen(Readiness.running())
                                .build());
                environment.awaitExit(PATIENCE);
                Instant told = Instant.now();
                Instant finished = environment.status().finished();
                environment.remove();
                if (i >= 0 && finished != null) {
                    seen.add(Duration.between(finished, told).toNanos());
                }
            }
        }
        return new Report()
                .fact("seenAfter", seen.document(), "seen after " + seen.shown() + ", n = " + seen.count())
                .fact("p99Ms", Samples.round(seen.quantile(0.99)), String.format("p99: %.2f ms", seen.quantile(0.99)));
    }
}
