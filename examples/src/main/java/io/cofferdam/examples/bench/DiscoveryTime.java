package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** How long it takes to find every engine. */
final class DiscoveryTime implements Benchmark {

    @Override
    public int samples() {
        return 50;
    }

    @Override
    public String about() {
        return "discovery of all engines, the first time in a JVM and later";
    }

    @Override
    public Report measure(int samples, String image) {
        Samples first = new Samples(1);
        Samples later = new Samples(samples);
        List<Discovery> found = time(first);
        for (int i = 0; i < samples; i++) {
            time(later);
        }
        Map<String, Boolean> engines = new TreeMap<>();
        found.forEach(engine -> engines.put(engine.engine(), engine.isAvailable()));
        return new Report()
                .fact("available", engines, "available: " + engines)
                .fact("firstMs", Samples.round(first.median()), String.format("first: %.1f ms", first.median()))
                .fact("later", later.document(), "later: " + later.shown() + ", n = " + later.count());
    }

    private static List<Discovery> time(Samples samples) {
        long begin = System.nanoTime();
        List<Discovery> found = Cofferdam.discover(EngineConfig.defaults());
        samples.add(System.nanoTime() - begin);
        return found;
    }
}
