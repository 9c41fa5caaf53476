package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Batch;
import io.cofferdam.environment.IsolatedEnvironment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** How much heap the library holds on to. */
final class DockerHeap implements Benchmark {

    @Override
    public int samples() {
        return 100;
    }

    @Override
    public String about() {
        return "Docker, heap in use after a collection with created environments tracked";
    }

    @Override
    public Report measure(int environments, String image) throws Exception {
        double before = usedMebibytes();
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER)) {
            engine.events(); // from here on every environment is followed
            double open = usedMebibytes();
            List<IsolatedEnvironment> handles = new ArrayList<>();
            for (int i = 0; i < environments; i++) {
                handles.add(engine.environments().create(DockerStart.spec(image, "bench-heap-" + i)));
            }
            double tracked = usedMebibytes();
            Batch all = engine.environments()
                    .select(handles.stream().map(IsolatedEnvironment::name).toList());
            all.remove().orThrow();
            return new Report()
                    .fact("openMiB", Samples.round(open - before), line("an open engine", open - before))
                    .fact(
                            "environmentsMiB",
                            Samples.round(tracked - open),
                            line(environments + " environments on top of it", tracked - open))
                    .fact("totalMiB", Samples.round(tracked - before), line("together", tracked - before))
                    .fact("jvmMiB", Samples.round(before), line("the JVM itself, before", before));
        }
    }

    private static String line(String what, double mebibytes) {
        return String.format("%s: %.2f MiB", what, mebibytes);
    }

    /** The least of some readings, each after a collection: what is still unreachable in one is gone in the next. */
    private static double usedMebibytes() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 6; i++) {
            System.gc();
            Thread.sleep(150);
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least / 1048576.0;
    }
}
