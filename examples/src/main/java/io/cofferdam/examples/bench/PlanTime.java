package io.cofferdam.examples.bench;

import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.Plan;
import io.cofferdam.deployment.Release;
import io.cofferdam.deployment.RollingSettings;
import io.cofferdam.deployment.ServiceKind;
import io.cofferdam.deployment.ServiceTarget;
import io.cofferdam.deployment.Situation;
import io.cofferdam.deployment.Strategies;
import io.cofferdam.deployment.Strategy;
import io.cofferdam.workload.Condition;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** How long each strategy thinks about 1,000 services of two instances, all of which change. */
final class PlanTime implements Benchmark {

    private static final int SERVICES = 1000;
    private static final int WARM_UP = 20;

    @Override
    public int samples() {
        return 50;
    }

    @Override
    public String about() {
        return "planning for " + SERVICES + " services that all change";
    }

    @Override
    public Report measure(int samples, String image) {
        Situation situation = situation();
        Report report = new Report();
        for (Strategy strategy : List.of(
                Strategies.recreate(),
                Strategies.rolling(RollingSettings.defaults()),
                Strategies.blueGreen(Duration.ZERO),
                Strategies.canary(List.of(new CanaryStep(10, null), new CanaryStep(50, null))))) {
            Samples warm = new Samples(samples);
            Plan plan = strategy.plan(situation);
            for (int i = -WARM_UP; i < samples; i++) {
                long begin = System.nanoTime();
                plan = strategy.plan(situation);
                long time = System.nanoTime() - begin;
                if (i >= 0) {
                    warm.add(time);
                }
            }
            report.fact(
                    strategy.name(),
                    warm.document(),
                    strategy.name() + ", " + plan.steps().size() + " steps: " + warm.shown() + ", p99 "
                            + Samples.round(warm.quantile(0.99)) + " ms, n = " + warm.count());
        }
        return report;
    }

    private static Situation situation() {
        Release old = release("1");
        List<Instance> instances = new ArrayList<>();
        for (ServiceTarget service : old.services()) {
            instances.add(new Instance(service.revision(), 1, Condition.AVAILABLE));
            instances.add(new Instance(service.revision(), 2, Condition.AVAILABLE));
        }
        return new Situation(Instant.EPOCH, release("2"), old, false, instances, Map.of(), Set.of());
    }

    /** Every service needs one that has half its number. */
    private static Release release(String version) {
        List<ServiceTarget> services = new ArrayList<>();
        for (int i = 0; i < SERVICES; i++) {
            services.add(new ServiceTarget(
                    new Revision("service-" + i, version + "-" + i),
                    2,
                    i == 0 ? Set.of() : Set.of("service-" + i / 2),
                    ServiceKind.STATELESS,
                    true,
                    null));
        }
        return new Release(version, services);
    }
}
