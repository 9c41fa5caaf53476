package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentEvent;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.event.Subscription;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what happens to environments, as it happens. */
@Command(
        name = "events",
        description = {
            "Shows what happens to environments from now on, whoever causes it, until Ctrl-C or for a time.",
            "With --json one document a line, of the shape in CLI.md."
        })
final class EventsCommand extends EngineCommand {

    @Option(names = "--for", paramLabel = "D", description = "end after this time")
    @Nullable
    private Duration time;

    @Parameters(arity = "0..*", paramLabel = "NAME", description = "only of these environments; of all without")
    private List<String> names = new ArrayList<>();

    @Override
    @SuppressWarnings("try") // The subscription is there to be closed.
    int run(Orchestrator engine) {
        Set<String> wanted = new HashSet<>(names);
        CountDownLatch nobodyReads = new CountDownLatch(1);
        try (Subscription subscription = engine.events().subscribe(EnvironmentEvent.class, event -> {
            if (wanted.isEmpty() || wanted.contains(event.name())) {
                show(event);
                if (terminal().out().checkError()) {
                    nobodyReads.countDown();
                }
            }
        })) {
            Duration longest = time == null ? Durations.FOREVER : time;
            boolean unread = nobodyReads.await(longest.toMillis(), TimeUnit.MILLISECONDS);
            return unread ? ExitCode.FAILED : ExitCode.DONE;
        } catch (InterruptedException ctrlC) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("showing events was interrupted", ctrlC);
        }
    }

    private void show(EnvironmentEvent event) {
        if (json()) {
            printLine(EventText.document(event));
        } else {
            terminal().out().println(EventText.line(event));
        }
        terminal().out().flush();
    }
}
