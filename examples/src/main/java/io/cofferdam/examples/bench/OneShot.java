package io.cofferdam.examples.bench;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

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
        return "Docker, the die event of a one-shot by the engine's clock to the return of awaitExit";
    }

    /** When which container died, by another program's subscription. */
    private static final class Deaths extends ResultCallback.Adapter<Event> {
        private final Map<String, Long> nanos = new ConcurrentHashMap<>();

        @Override
        public void onNext(Event event) {
            String id = event.getId();
            Long time = event.getTimeNano();
            if (id != null && time != null) {
                nanos.put(id, time);
            }
        }
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples afterDie = new Samples(samples);
        Samples afterEnd = new Samples(samples);
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker docker = new RawDocker(engine.info(), image, 4);
                Deaths deaths = docker.deaths(new Deaths())) {
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
                long died = died(deaths, environment.id());
                environment.remove();
                if (i >= 0 && finished != null) {
                    afterEnd.add(Duration.between(finished, told).toNanos());
                    afterDie.add(TimeUnit.SECONDS.toNanos(told.getEpochSecond()) + told.getNano() - died);
                }
            }
        }
        return new Report()
                .fact(
                        "afterDieEvent",
                        afterDie.document(),
                        "seen after the die event: " + afterDie.shown() + ", p99 "
                                + Samples.round(afterDie.quantile(0.99)) + " ms, n = " + afterDie.count())
                .fact(
                        "afterEnd",
                        afterEnd.document(),
                        "after the time that the engine tells as its end: " + afterEnd.shown() + ", p99 "
                                + Samples.round(afterEnd.quantile(0.99)) + " ms");
    }

    private static long died(Deaths deaths, String id) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!deaths.nanos.containsKey(id)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("the engine did not tell of the death of " + id);
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
        return deaths.nanos.get(id);
    }
}
