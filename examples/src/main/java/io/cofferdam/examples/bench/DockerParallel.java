package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.IsolatedEnvironment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.function.IntFunction;

/** Many containers at once, until the last one runs. */
final class DockerParallel implements Benchmark {

    private static final int AT_ONCE = 32;
    private static final int WARM_UP = 2;

    @Override
    public int samples() {
        return 10;
    }

    @Override
    public String about() {
        return "Docker, " + AT_ONCE + " containers at once, create to all running, against docker-java";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples ours = new Samples(samples);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker docker = new RawDocker(engine.info(), image, AT_ONCE)) {
            IntFunction<String> rawStart = i -> docker.run("bench-raw-" + i);
            IntFunction<IsolatedEnvironment> ourStart =
                    i -> engine.environments().run(DockerStart.spec(image, "bench-" + i));
            for (int i = -WARM_UP; i < samples; i++) {
                long rawTime = i % 2 == 0 ? time(threads, rawStart, docker::remove) : 0;
                long ourTime = time(threads, ourStart, IsolatedEnvironment::remove);
                rawTime = i % 2 == 0 ? rawTime : time(threads, rawStart, docker::remove);
                if (i >= 0) {
                    raw.add(rawTime);
                    ours.add(ourTime);
                }
            }
        } finally {
            threads.shutdownNow();
        }
        return new Report().comparison("docker-java", raw, ours);
    }

    private static <T> long time(ExecutorService threads, IntFunction<T> start, Consumer<T> remove) throws Exception {
        List<Callable<T>> starts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            int number = i;
            starts.add(() -> start.apply(number));
        }
        long begin = System.nanoTime();
        List<Future<T>> running = threads.invokeAll(starts);
        long time = System.nanoTime() - begin;
        List<Callable<Void>> removals = new ArrayList<>();
        for (Future<T> one : running) {
            T started = one.get();
            removals.add(() -> {
                remove.accept(started);
                return null;
            });
        }
        for (Future<Void> removed : threads.invokeAll(removals)) {
            removed.get();
        }
        return time;
    }
}
