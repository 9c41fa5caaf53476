package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;

/**
 * Who asked for what.
 *
 * @param number its number among the entries of the project, from 1; stores give it
 * @param project the project
 * @param deployment the id of the deployment
 * @param action what was asked: {@code deploy}, {@code rollback}, {@code scale}, {@code remove}, {@code cancel}, {@code promote},
 *     {@code pause}, {@code resume}, or an operation on services or instances such as {@code restart web}
 * @param user who asked; may be empty
 * @param tenant on whose behalf; may be empty
 * @param at when
 */
@Experimental
public record AuditEntry(
        long number, String project, String deployment, String action, String user, String tenant, Instant at) {

    public AuditEntry {
        Objects.requireNonNull(project, "project");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(action, "action");
        Objects.requireNonNull(user, "user");
        Objects.requireNonNull(tenant, "tenant");
        Objects.requireNonNull(at, "at");
    }

    /**
     * The line about a deployment that was asked for: for stores.
     *
     * @param record the deployment
     * @return the line, without a number
     */
    public static AuditEntry of(DeploymentRecord record) {
        String action = record.kind().name().toLowerCase(Locale.ROOT);
        return new AuditEntry(
                0, record.project(), record.id(), action, record.user(), record.tenant(), record.createdAt());
    }

    /**
     * The line about a signal: for stores.
     *
     * @param signal the signal
     * @param tenant on whose behalf; may be empty
     * @return the line, without a number
     */
    public static AuditEntry of(Signal signal, String tenant) {
        String action = signal.kind().name().toLowerCase(Locale.ROOT);
        return new AuditEntry(0, signal.project(), signal.deployment(), action, signal.user(), tenant, signal.at());
    }

    /**
     * The same line with its number: for stores.
     *
     * @param value its number among the entries of the project
     * @return the line
     */
    public AuditEntry numbered(long value) {
        return new AuditEntry(value, project, deployment, action, user, tenant, at);
    }
}
