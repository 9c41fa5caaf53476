package io.cofferdam.deployment;

import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.event.EventBus;
import io.cofferdam.traffic.TrafficRouter;
import io.cofferdam.workload.Workloads;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an engine works with. */
record EngineParts(
        String engineName,
        Workloads workloads,
        @Nullable TrafficRouter router,
        DeploymentStore store,
        SecretSeal seal,
        Map<String, Strategy> strategies,
        List<ReleaseCheck> checks,
        Clock clock,
        Scheduler scheduler,
        Duration lease,
        Threads threads,
        EventBus bus) {

    ReleaseContent release(String id) {
        StoredRelease release = store.release(id)
                .orElseThrow(() -> new NotFoundException("the release '" + id + "' is not in the store any more"));
        return ReleaseContent.read(release.content(), seal);
    }

    Strategy strategy(StrategySettings settings) {
        return switch (settings.name()) {
            case "recreate" -> Strategies.recreate();
            case "rolling" -> Strategies.rolling(settings.rolling());
            case "blue-green" -> Strategies.blueGreen(settings.keep());
            case "canary" -> Strategies.canary(settings.steps());
            default -> {
                Strategy own = strategies.get(settings.name());
                if (own == null) {
                    TreeSet<String> known = new TreeSet<>(List.of("recreate", "rolling", "blue-green", "canary"));
                    known.addAll(strategies.keySet());
                    throw new InvalidInputException(
                            "deployment options",
                            List.of(new Problem(
                                    "strategy",
                                    "there is no strategy '" + settings.name() + "'",
                                    "use one of " + String.join(", ", known)
                                            + ", or give the engine your own when it is built")));
                }
                yield own;
            }
        };
    }
}
