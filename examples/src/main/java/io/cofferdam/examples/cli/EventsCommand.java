package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentStore;
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
            "With the name of a project that was deployed: what happened in its deployments; with -f also what happens.",
            "With --json one document a line, of the shape in CLI.md."
        })
final class EventsCommand extends EngineCommand {

    private static final int PAGE = 200;
    private static final long LOOK_MILLIS = 250;

    @Option(names = "--for", paramLabel = "D", description = "end after this time")
    @Nullable
    private Duration time;

    @Option(
            names = {"-f", "--follow"},
            description = "of a project: go on showing what happens, until Ctrl-C; of environments it is so anyway")
    private boolean following;

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "only of these environments, or of this project; of all environments without")
    private List<String> names = new ArrayList<>();

    @Override
    @Nullable
    Integer withoutEngine() {
        Projects projects = new Projects(terminal().variables());
        return ProjectPart.among(names, projects)
                .map(part -> ofProject(projects, part))
                .orElse(null);
    }

    private int ofProject(Projects projects, ProjectPart part) {
        Duration longest = following ? time == null ? Durations.FOREVER : time : Duration.ZERO;
        try (Interrupts interrupts = Interrupts.ofCurrentThread();
                DeploymentStore store = Deployments.store(projects.folder())) {
            try {
                return show(store, part, System.nanoTime() + longest.toNanos());
            } catch (InterruptedException ctrlC) {
                return interrupts.happened() ? ExitCode.INTERRUPTED : ExitCode.FAILED;
            }
        }
    }

    private int show(DeploymentStore store, ProjectPart part, long end) throws InterruptedException {
        if (!store.projects().contains(part.project())) {
            throw DeploymentCommand.noProject(part.project(), store.projects());
        }
        long after = 0;
        while (true) {
            List<DeploymentEvent> events = store.events(part.project(), after, PAGE);
            for (DeploymentEvent event : events) {
                after = event.sequence();
                if (part.target().isEmpty() || part.target().equals(event.service())) {
                    terminal().out().println(json() ? Json.line(DeploymentDocuments.event(event)) : Watch.line(event));
                }
            }
            if (terminal().out().checkError()) {
                return ExitCode.FAILED;
            }
            if (events.isEmpty()) {
                if (System.nanoTime() - end >= 0) {
                    return ExitCode.DONE;
                }
                // Other programs write into the store, and a database does not call.
                TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
            }
        }
    }

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
