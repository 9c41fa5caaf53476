package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
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
        Map<String, Double> first = new TreeMap<>();
        Map<String, Boolean> available = new TreeMap<>();
        long begin = System.nanoTime();
        for (OrchestratorProvider provider : Cofferdam.providers()) {
            long start = System.nanoTime();
            available.put(
                    provider.name(), provider.discover(EngineConfig.defaults()).isAvailable());
            first.put(provider.name(), Samples.round((System.nanoTime() - start) / 1e6));
        }
        double together = Samples.round((System.nanoTime() - begin) / 1e6);
        Samples later = new Samples(samples);
        for (int i = 0; i < samples; i++) {
            long start = System.nanoTime();
            Cofferdam.discover(EngineConfig.defaults());
            later.add(System.nanoTime() - start);
        }
        return new Report()
                .fact("available", available, "available: " + available)
                .fact("firstMs", together, "first: " + together + " ms, loading of the back ends included")
                .fact("firstByEngineMs", first, "first, by engine, in ms: " + first)
                .fact("later", later.document(), "later: " + later.shown() + ", n = " + later.count());
    }
}
