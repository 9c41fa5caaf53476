package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many containers at once, until the last one is as it should be. */
final class DockerParallel implements Benchmark {

    private static final int AT_ONCE = 32;
    private static final int WARM_UP = 2;
    private static final int PORT = 8080;

    private static final String[] SERVER = {
        "sh", "-c", "mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p " + PORT + " -h /www"
    };

    private static final String[] GRACEFUL = {"sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait"};

    /** What is measured. */
    enum Until {
        RUNNING("create to all running"),
        READY("create to all accepting connections at a published port"),
        STOPPED("graceful stop of all, which end at once when they are asked to");

        private final String text;

        Until(String text) {
            this.text = text;
        }
    }

    private final Until until;

    DockerParallel(Until until) {
        this.until = until;
    }

    @Override
    public int samples() {
        return 10;
    }

    @Override
    public String about() {
        return "Docker, " + AT_ONCE + " containers at once, " + until.text + ", against docker-java";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples ours = new Samples(samples);
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker docker = new RawDocker(engine.info(), image, AT_ONCE)) {
            Side<String> theirs = new Raw(docker);
            Side<IsolatedEnvironment> own = new Ours(engine, image);
            for (int i = -WARM_UP; i < samples; i++) {
                long rawTime = i % 2 == 0 ? time(threads, theirs) : 0;
                long ourTime = time(threads, own);
                rawTime = i % 2 == 0 ? rawTime : time(threads, theirs);
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

    /** One way of doing things. */
    private interface Side<T> {
        T start(int number) throws Exception;

        void stop(T started);

        void remove(T started);
    }

    private final class Raw implements Side<String> {
        private final RawDocker docker;

        Raw(RawDocker docker) {
            this.docker = docker;
        }

        @Override
        public String start(int number) throws Exception {
            String name = "bench-raw-" + number;
            if (until != Until.READY) {
                return until == Until.RUNNING ? docker.run(name) : docker.runCommand(name, GRACEFUL);
            }
            String id = docker.run(name, PORT, SERVER);
            InetSocketAddress address = new InetSocketAddress(docker.address(id), PORT);
            while (!DockerReady.accepts(address)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
            return id;
        }

        @Override
        public void stop(String started) {
            docker.stop(started);
        }

        @Override
        public void remove(String started) {
            docker.remove(started);
        }
    }

    private final class Ours implements Side<IsolatedEnvironment> {
        private final Orchestrator engine;
        private final String image;

        Ours(Orchestrator engine, String image) {
            this.engine = engine;
            this.image = image;
        }

        @Override
        public IsolatedEnvironment start(int number) {
            EnvironmentSpec.Builder spec = DockerStart.spec(image, "bench-" + number).toBuilder();
            return engine.environments()
                    .run(
                            switch (until) {
                                case RUNNING -> spec.build();
                                case READY ->
                                    spec.withCommand(SERVER)
                                            .port(PORT)
                                            .readyWhen(Readiness.port(PORT))
                                            .build();
                                case STOPPED -> spec.withCommand(GRACEFUL).build();
                            });
        }

        @Override
        public void stop(IsolatedEnvironment started) {
            started.stop();
        }

        @Override
        public void remove(IsolatedEnvironment started) {
            started.remove();
        }
    }

    private <T> long time(ExecutorService threads, Side<T> side) throws Exception {
        List<Callable<T>> starts = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            int number = i;
            starts.add(() -> side.start(number));
        }
        long begin = System.nanoTime();
        List<T> started = all(threads, starts);
        long time = System.nanoTime() - begin;
        if (until == Until.STOPPED) {
            begin = System.nanoTime();
            all(threads, each(started, side::stop));
            time = System.nanoTime() - begin;
        }
        all(threads, each(started, side::remove));
        return time;
    }

    private static <T> List<Callable<Boolean>> each(List<T> things, java.util.function.Consumer<T> deed) {
        List<Callable<Boolean>> deeds = new ArrayList<>();
        for (T thing : things) {
            deeds.add(() -> {
                deed.accept(thing);
                return true;
            });
        }
        return deeds;
    }

    private static <T> List<T> all(ExecutorService threads, List<Callable<T>> deeds) throws Exception {
        List<T> results = new ArrayList<>();
        for (Future<T> done : threads.invokeAll(deeds)) {
            results.add(done.get());
        }
        return results;
    }
}
