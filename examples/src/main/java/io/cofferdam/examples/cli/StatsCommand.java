package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Batch;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.OperationInterruptedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Shows what environments use of the machine. */
@Command(name = "stats", description = "Shows what environments use; without a choice, all that run.")
final class StatsCommand extends EngineCommand {

    /** Processor use is a difference of two readings; this is how far apart the first two are. */
    private static final Duration FIRST_INTERVAL = Duration.ofMillis(300);

    @Option(
            names = {"-f", "--follow"},
            description = "go on measuring until Ctrl-C")
    private boolean follow;

    @Option(names = "--interval", paramLabel = "D", description = "with -f, time between readings, 2s unless given")
    private Duration interval = Duration.ofSeconds(2);

    @Mixin
    private final Selection selection = new Selection();

    private record Reading(Map<String, ResourceUsage> usages, BatchResult result) {
        /** Whether there is nothing to show but failures. */
        boolean isVain() {
            return usages.isEmpty() && !result.succeeded();
        }
    }

    @Override
    void check() {
        String problem = selection.isEmpty() ? null : selection.problem();
        if (problem != null) {
            throw usage(problem);
        }
    }

    @Override
    int run(Orchestrator engine) {
        Reading before = read(engine);
        if (before.isVain()) {
            return end(before);
        }
        pause(FIRST_INTERVAL);
        while (true) {
            Reading now = read(engine);
            if (follow || !now.isVain()) {
                show(before, now);
            }
            if (!follow || terminal().out().checkError()) {
                return end(now);
            }
            before = now;
            pause(interval);
        }
    }

    private int end(Reading last) {
        last.result()
                .failures()
                .forEach(failed -> new Failures(terminal()).tell(Parts.given(failed.error()), json(), false));
        return last.result().succeeded() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private Reading read(Orchestrator engine) {
        Map<String, ResourceUsage> usages = new ConcurrentSkipListMap<>();
        Batch batch = selection.isEmpty() ? running(engine) : selection.batch(engine);
        BatchResult result = batch.each(environment -> usages.put(environment.name(), environment.usage()));
        return new Reading(usages, result);
    }

    private static Batch running(Orchestrator engine) {
        return engine.environments()
                .select(engine.environments().statuses(LabelSelector.all()).stream()
                        .filter(status -> status.state().isAlive())
                        .map(status -> status.name())
                        .toList());
    }

    private void show(Reading before, Reading now) {
        Table table = new Table("NAME", "CPUS", "MEMORY", "LIMIT", "PIDS", "CPU TIME");
        List<Object> documents = new ArrayList<>();
        now.usages().forEach((name, usage) -> {
            ResourceUsage earlier = before.usages().get(name);
            double cpus = earlier == null ? 0 : usage.cpusSince(earlier);
            documents.add(Documents.usage(name, usage, cpus));
            table.row(
                    name,
                    String.format(Locale.ROOT, "%.2f", cpus),
                    DataSize.format(usage.memory()),
                    usage.memoryLimit().isPresent()
                            ? DataSize.format(usage.memoryLimit().getAsLong())
                            : "",
                    usage.pids(),
                    Durations.shown(usage.cpuTime()));
        });
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("stats", documents);
            if (follow) {
                printLine(document);
            } else {
                print(document);
            }
            return;
        }
        if (follow && terminal().outIsTerminal()) {
            terminal().out().print("\u001b[H\u001b[2J");
        }
        table.print(terminal());
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("measuring was interrupted", ended);
        }
    }
}
