package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What many environments leave that were made, started and removed one after the other: nothing, is the claim. */
final class Cycles implements Benchmark {

    /** After these all that is loaded, cached or kept open once is there. */
    private static final int WARM_UP = 50;

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private final boolean docker;

    Cycles(boolean docker) {
        this.docker = docker;
    }

    @Override
    public int samples() {
        return 1000;
    }

    @Override
    public String about() {
        return (docker ? "Docker" : "processes")
                + ", what cycles of create, start, exec and remove gain: threads, file descriptors, resources, heap";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        try (Scratch scratch = Scratch.make();
                Orchestrator engine = Cofferdam.open(
                        docker ? Cofferdam.DOCKER : Cofferdam.PROCESS,
                        EngineConfig.builder().stateDirectory(scratch.folder()).build());
                RawDocker raw = docker ? new RawDocker(engine.info(), image, 2) : null) {
            for (int i = 0; i < WARM_UP; i++) {
                cycle(engine, image, i);
            }
            Map<String, Long> before = facts(raw, scratch.folder());
            long begin = System.nanoTime();
            for (int i = 0; i < samples; i++) {
                cycle(engine, image, i);
            }
            double seconds = (System.nanoTime() - begin) / 1e9;
            Map<String, Long> after = facts(raw, scratch.folder());
            Report report = new Report()
                    .fact("cycles", samples, samples + " cycles in " + Math.round(seconds) + " s, after " + WARM_UP);
            before.forEach((what, first) -> {
                long last = after.getOrDefault(what, 0L);
                report.fact(
                        what,
                        Map.of("before", first, "after", last),
                        what + ": " + first + " before, " + last + " after");
            });
            return report;
        }
    }

    private void cycle(Orchestrator engine, String image, int i) {
        EnvironmentSpec.Builder spec = docker ? EnvironmentSpec.image(image) : EnvironmentSpec.builder();
        IsolatedEnvironment environment = engine.environments()
                .run(spec.name("bench-cycle-" + i)
                        .withCommand("sleep", "1000")
                        .mount(Mount.temporary("/scratch"))
                        .readyWhen(Readiness.running())
                        .stopGrace(Duration.ZERO)
                        .build());
        environment.exec("true");
        environment.remove();
    }

    /** What there is when nothing is under way. */
    private static Map<String, Long> facts(@Nullable RawDocker raw, Path state) throws Exception {
        long heap = Long.MAX_VALUE;
        for (int i = 0; i < 5; i++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(200); // for threads that end by themselves, and cleaners
            heap = Math.min(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        Map<String, Long> facts = new LinkedHashMap<>();
        facts.put("threads", (long) ManagementFactory.getThreadMXBean().getThreadCount());
        if (Files.isDirectory(DESCRIPTORS)) {
            try (Stream<Path> open = Files.list(DESCRIPTORS)) {
                facts.put("descriptors", open.count());
            }
        }
        facts.put("children", ProcessHandle.current().children().count());
        if (raw != null) {
            facts.putAll(raw.resources("bench-cycle"));
        } else {
            try (Stream<Path> files = Files.walk(state)) {
                facts.put("files", files.count());
            }
        }
        facts.put("heapKiB", heap / 1024);
        return facts;
    }
}
