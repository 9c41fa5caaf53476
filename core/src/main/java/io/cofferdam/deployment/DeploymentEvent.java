package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.event.Event;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * Something that happened in a deployment: stored together with the change it tells of, and published after it, at least once.
 *
 * @param project the project
 * @param sequence its number among the events of the project, from 1, without gaps
 * @param deployment the id of the deployment
 * @param type one of the constants of {@link DeploymentEventType}
 * @param service the service it is about; empty if it is about all
 * @param message a sentence
 * @param details more about it, without secrets
 * @param at when it happened
 */
@Experimental
public record DeploymentEvent(
        String project,
        long sequence,
        String deployment,
        String type,
        String service,
        String message,
        Map<String, String> details,
        Instant at)
        implements Event {

    public DeploymentEvent {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(service, "service");
        Objects.requireNonNull(message, "message");
        details = Map.copyOf(details);
        Objects.requireNonNull(at, "at");
    }

    /**
     * The event of a deployment that was just accepted: for stores.
     *
     * @param record the deployment
     * @return the event, without a number
     */
    public static DeploymentEvent submitted(DeploymentRecord record) {
        return new DeploymentEvent(
                record.project(),
                0,
                record.id(),
                DeploymentEventType.SUBMITTED,
                "",
                "deployment " + record.number() + " waits for its turn",
                Map.of(
                        "number",
                        Long.toString(record.number()),
                        "kind",
                        record.kind().name(),
                        "version",
                        record.version()),
                record.createdAt());
    }

    /**
     * The same event with its number: for stores.
     *
     * @param value its number among the events of the project
     * @return the event
     */
    public DeploymentEvent numbered(long value) {
        return new DeploymentEvent(project, value, deployment, type, service, message, details, at);
    }
}
