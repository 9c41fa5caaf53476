package io.cofferdam.examples.cli;

import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.traffic.Route;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Shows how a deployment goes on until it has ended, on a terminal a line for each service, elsewhere a line for each event. */
final class Watch {

    private static final Duration GLANCE = Duration.ofMillis(250);
    private static final int PAGE = 200;
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm:ss", Locale.ROOT).withZone(ZoneId.systemDefault());

    private final Deployments deployments;
    private final Terminal terminal;
    private final boolean json;
    private long shown;
    private DeploymentStatus before = DeploymentStatus.PENDING;

    Watch(Deployments deployments, Terminal terminal, boolean json) {
        this.deployments = deployments;
        this.terminal = terminal;
        this.json = json;
    }

    /** Waits for the end, tells of it, and gives the exit code: 0 if it ended as it was wanted. */
    int untilItEnds(Deployment deployment, DeploymentStatus wanted) {
        DeploymentRecord end;
        ServiceLines lines = new ServiceLines(deployments.engine(), terminal);
        try {
            end = follow(deployment, lines);
        } catch (OperationInterruptedException ctrlC) {
            lines.leave();
            say(howToGoOn(deployment));
            throw ctrlC;
        }
        lines.leave();
        tell(end, wanted);
        return end.status() == wanted ? ExitCode.DONE : ExitCode.FAILED;
    }

    private DeploymentRecord follow(Deployment deployment, ServiceLines lines) {
        boolean isLive = terminal.errIsTerminal() && !json;
        while (true) {
            // Asked before the events, so that none is missed of one that has ended.
            DeploymentRecord record = deployment.record();
            List<DeploymentEvent> events = deployments.store().eventsOf(deployment.id(), shown, PAGE);
            for (DeploymentEvent event : events) {
                shown = event.sequence();
                if (isLive) {
                    lines.happened(event);
                } else if (!json) {
                    terminal.err().println(line(event, record.progress()));
                }
            }
            hint(record, lines);
            if (events.isEmpty() && record.status().isTerminal()) {
                return record;
            }
            if (isLive) {
                lines.paint(record);
            }
            if (events.isEmpty()) {
                glance(deployment);
            }
        }
    }

    private static void glance(Deployment deployment) {
        try {
            DeploymentRecord ended = deployment.await(GLANCE);
            assert ended.status().isTerminal();
        } catch (OperationTimeoutException notYet) {
            // It is looked at again.
        }
    }

    /** Who waits for a decision is told how to make it. */
    private void hint(DeploymentRecord record, ServiceLines lines) {
        if (record.status() == before) {
            return;
        }
        before = record.status();
        if (before == DeploymentStatus.PAUSED) {
            lines.leave();
            say("it waits: " + record.message() + "; 'cofferdam promote " + record.project() + "' or 'cofferdam resume "
                    + record.project() + "' goes on, 'cofferdam cancel " + record.project() + "' goes back");
        }
    }

    static String line(DeploymentEvent event) {
        return CLOCK.format(event.at()) + "  " + (event.service().isEmpty() ? "" : event.service() + "  ")
                + event.type() + "  " + Text.visible(event.message());
    }

    private static String line(DeploymentEvent event, int progress) {
        return String.format(Locale.ROOT, "%3d%%  %s", progress, line(event));
    }

    private String howToGoOn(Deployment deployment) {
        String project = deployment.project();
        return deployments.isController()
                ? "stopped at " + deployment.progress() + "%; what was done stays and is recorded. 'cofferdam resume "
                        + project + "' goes on, 'cofferdam cancel " + project + "' goes back"
                : "it goes on without this program; 'cofferdam status " + project + "' tells how far it is";
    }

    private void tell(DeploymentRecord end, DeploymentStatus wanted) {
        if (json) {
            terminal.out()
                    .println(
                            terminal.outIsTerminal()
                                    ? Json.pretty(DeploymentDocuments.record(end))
                                    : Json.line(DeploymentDocuments.record(end)));
            return;
        }
        String what =
                "'" + end.project() + "'" + (end.version().isEmpty() ? "" : " version " + Text.visible(end.version()));
        if (end.status() != wanted) {
            say(what + ": " + Shown.name(end.status()) + ": " + end.message());
            return;
        }
        Duration time = Duration.between(end.createdAt(), end.completedAt().orElse(end.createdAt()));
        terminal.out().println(what + " " + Shown.name(end.status()) + " after " + Durations.shown(time));
        deployments.engine().routes(end.project()).stream().map(Watch::reached).forEach(terminal.out()::println);
    }

    static String reached(Route route) {
        return "  " + route.name() + " is reached at "
                + (route.protocol() == io.cofferdam.traffic.RouteProtocol.HTTP ? "http://" : "") + route.address() + ":"
                + route.port();
    }

    private void say(String what) {
        terminal.err().println("cofferdam: " + Text.visibleLines(what));
    }
}
