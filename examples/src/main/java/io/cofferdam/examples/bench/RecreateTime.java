package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.Service;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Every service of an application anew: all stopped, then all started, against the same calls without the library. */
final class RecreateTime implements Benchmark {

    private static final int SERVICES = 10;
    private static final int WARM_UP = 2;
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final List<String> PROGRAM = List.of("sh", "-c", "trap 'exit 0' TERM; sleep 1000 & wait");
    private static final String PROJECT = "bench-recreate";
    private static final DeployOptions OPTIONS = DeployOptions.with(StrategySettings.recreate());

    @Override
    public int samples() {
        return 10;
    }

    @Override
    public String about() {
        return "Docker, " + SERVICES + " services recreated, against docker-java";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples ours = new Samples(samples);
        ExecutorService threads = Executors.newFixedThreadPool(SERVICES);
        EngineInfo info;
        try (Orchestrator orchestrator = Cofferdam.open(Cofferdam.DOCKER);
                DeploymentEngine engine = DeploymentEngine.on(orchestrator).open();
                RawDocker docker = new RawDocker(orchestrator.info(), image, SERVICES)) {
            info = orchestrator.info();
            String network = docker.makeNetwork("bench-recreate-raw");
            List<String> running = start(docker, threads, network, 0);
            try {
                deploy(engine, image, "first");
                for (int i = -WARM_UP; i < samples; i++) {
                    // Each goes first every other time, so that neither profits from the other's wake.
                    long ourTime = i % 2 == 0 ? deploy(engine, image, "v" + i) : 0;
                    long begin = System.nanoTime();
                    running = recreate(docker, threads, network, running, i + WARM_UP + 1);
                    long rawTime = System.nanoTime() - begin;
                    ourTime = i % 2 == 0 ? ourTime : deploy(engine, image, "v" + i);
                    if (i >= 0) {
                        raw.add(rawTime);
                        ours.add(ourTime);
                    }
                }
            } finally {
                each(threads, running, id -> {
                    docker.remove(id);
                    return id;
                });
                docker.removeNetwork(network);
                engine.remove(PROJECT, true, OPTIONS).await(PATIENCE);
            }
        } finally {
            threads.shutdownNow();
        }
        Map<String, Integer> calls = calls(info, image);
        int sum = calls.values().stream().mapToInt(Integer::intValue).sum();
        int needed = SERVICES * 4; // stop, remove, create, start
        return new Report()
                .comparison("docker-java", raw, ours)
                .fact(
                        "calls",
                        calls,
                        "engine calls of one recreation: " + sum + ", " + needed + " without the library: " + calls);
    }

    private static long deploy(DeploymentEngine engine, String image, String version) {
        Application application = application(image, version);
        long begin = System.nanoTime();
        DeploymentRecord end = engine.deploy(application, OPTIONS).await(PATIENCE);
        long time = System.nanoTime() - begin;
        if (end.status() != DeploymentStatus.COMPLETED) {
            throw new IllegalStateException("ended as " + end.status() + ": " + end.message());
        }
        return time;
    }

    private static Application application(String image, String version) {
        ApplicationBuilder application = Application.named(PROJECT).version(version);
        for (int i = 0; i < SERVICES; i++) {
            application.service(Service.named("service-" + i)
                    .template(EnvironmentSpec.image(image)
                            .withCommand(PROGRAM)
                            .env("VERSION", version)
                            .build()));
        }
        return application.build();
    }

    private static List<String> recreate(
            RawDocker docker, ExecutorService threads, String network, List<String> running, int round)
            throws Exception {
        each(threads, running, id -> {
            docker.stopAndRemove(id);
            return id;
        });
        return start(docker, threads, network, round);
    }

    private static List<String> start(RawDocker docker, ExecutorService threads, String network, int round)
            throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            names.add("bench-recreate-raw-" + round + "-" + i);
        }
        return each(threads, names, name -> docker.runIn(network, name, PROGRAM));
    }

    /** Something that is done to one thing. */
    @FunctionalInterface
    private interface Work {
        String to(String thing) throws Exception;
    }

    private static List<String> each(ExecutorService threads, List<String> things, Work work) throws Exception {
        List<Callable<String>> all = new ArrayList<>();
        things.forEach(thing -> all.add(() -> work.to(thing)));
        List<String> results = new ArrayList<>();
        for (Future<String> one : threads.invokeAll(all)) {
            results.add(one.get());
        }
        return results;
    }

    /** The requests of one recreation by their kind. */
    private static Map<String, Integer> calls(EngineInfo info, String image) throws Exception {
        Map<String, Integer> calls = new TreeMap<>();
        if (!info.endpoint().startsWith("unix://")) {
            return calls;
        }
        try (RequestCounter counter = RequestCounter.before(info.endpoint());
                Orchestrator orchestrator = Cofferdam.open(
                        Cofferdam.DOCKER,
                        EngineConfig.builder().host(counter.endpoint()).build());
                DeploymentEngine engine = DeploymentEngine.on(orchestrator).open()) {
            deploy(engine, image, "first");
            counter.take();
            deploy(engine, image, "second");
            counter.take().forEach(request -> calls.merge(kind(request), 1, Integer::sum));
            engine.remove(PROJECT, true, OPTIONS).await(PATIENCE);
        }
        return calls;
    }

    private static String kind(String request) {
        return request.replaceAll(PROJECT + "[^/ ]*", "{name}").replaceAll("sha256:[^/ ]*", "{image}");
    }
}
