package io.cofferdam.examples.chaos;

import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.workload.InstanceStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** How many instances of a service there may be, and have to be, while a deployment is under way. Thread-safe. */
final class Bounds {

    private final Trial trial;
    private final DeploymentEngine deployments;
    private final String strategy;
    private final Set<String> crossed;
    private final AtomicInteger looks = new AtomicInteger();

    /**
     * The bounds of a strategy with its usual settings.
     *
     * @param crossed gets a sentence for each bound that did not hold
     */
    Bounds(Trial trial, DeploymentEngine deployments, String strategy, Set<String> crossed) {
        this.trial = trial;
        this.deployments = deployments;
        this.strategy = strategy;
        this.crossed = crossed;
    }

    int looks() {
        return looks.get();
    }

    void look() {
        List<InstanceStatus> there = deployments.instances(trial.project());
        looks.incrementAndGet();
        Map<String, Integer> all = new HashMap<>();
        Map<String, Integer> available = new HashMap<>();
        for (InstanceStatus instance : there) {
            String service = instance.instance().service();
            all.merge(service, 1, Integer::sum);
            available.merge(service, instance.instance().isAvailable() ? 1 : 0, Integer::sum);
        }
        for (String service : Trial.SERVICES) {
            int count = all.getOrDefault(service, 0);
            int serving = available.getOrDefault(service, 0);
            if (count > most(service)) {
                crossed.add("there were " + count + " instances of " + service);
            }
            if (serving < least(service)) {
                crossed.add("only " + serving + " instances of " + service + " were available: " + there);
            }
        }
    }

    private int most(String service) {
        if (service.equals("base")) {
            return Trial.REPLICAS;
        }
        return switch (strategy) {
            case "recreate" -> Trial.REPLICAS;
            case "rolling" -> Trial.REPLICAS + 1; // a quarter of two, rounded up
            default -> Trial.REPLICAS * 2;
        };
    }

    private int least(String service) {
        return strategy.equals("recreate") && !service.equals("base") ? 0 : Trial.REPLICAS;
    }
}
