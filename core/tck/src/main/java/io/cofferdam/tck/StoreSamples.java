package io.cofferdam.tck;

import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentKind;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.StoredRelease;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deployments, events and releases to be stored. Ids end with the project, so that tests share a database. */
final class StoreSamples {

    /** Whole microseconds: databases keep no more. */
    static final Instant TIME = Instant.parse("2026-03-29T01:59:59.123456Z");

    private StoreSamples() {}

    static Sample record(String project, String id) {
        return new Sample(new DeploymentRecord(
                id + project,
                project,
                0,
                DeploymentKind.DEPLOY,
                "1",
                "",
                "rolling",
                "{}",
                DeploymentStatus.PENDING,
                0,
                "",
                false,
                null,
                null,
                "{}",
                "",
                "",
                TIME,
                null,
                null,
                0));
    }

    static Sample of(DeploymentRecord record) {
        return new Sample(record);
    }

    static StoredRelease release(String project, String id) {
        return release(project, id, "{\"format\":1}");
    }

    static StoredRelease release(String project, String id, String content) {
        return new StoredRelease(id + project, project, "1", content);
    }

    static DeploymentEvent event(String project, String deployment, String message) {
        return new DeploymentEvent(project, 0, deployment, "custom_event", "web", message, Map.of("a", "b"), TIME);
    }

    /** A record with other parts. */
    record Sample(DeploymentRecord build) {

        Sample asks(String user, String tenant) {
            DeploymentRecord r = build;
            return new Sample(new DeploymentRecord(
                    r.id(),
                    r.project(),
                    r.number(),
                    r.kind(),
                    r.version(),
                    r.release(),
                    r.strategy(),
                    r.options(),
                    r.status(),
                    r.progress(),
                    r.message(),
                    r.isStable(),
                    r.previous(),
                    r.rollbackVersion(),
                    r.state(),
                    user,
                    tenant,
                    r.createdAt(),
                    r.started(),
                    r.completed(),
                    r.revision()));
        }

        Sample brings(String release) {
            return change(
                    build.status(), release + build.project(), build.previous(), build.state(), build.completed());
        }

        Sample after(String previous) {
            return change(build.status(), build.release(), previous, build.state(), build.completed());
        }

        Sample state(String state) {
            return change(build.status(), build.release(), build.previous(), state, build.completed());
        }

        Sample endedAt(Instant time) {
            return change(build.status(), build.release(), build.previous(), build.state(), time);
        }

        Sample at(DeploymentStatus status, int progress, String message) {
            return new Sample(build.at(status, progress, message));
        }

        Sample everything() {
            DeploymentRecord r = build;
            return new Sample(new DeploymentRecord(
                    r.id(),
                    r.project(),
                    0,
                    DeploymentKind.ROLLBACK,
                    "2",
                    "r-full" + r.project(),
                    "canary",
                    "{\"a\":1}",
                    DeploymentStatus.ROLLING_BACK,
                    42,
                    "restoring",
                    true,
                    "before",
                    "1",
                    "{\"b\":2}",
                    "ada",
                    "acme",
                    TIME,
                    TIME.plusSeconds(1),
                    TIME.plusSeconds(2),
                    0));
        }

        private Sample change(
                DeploymentStatus status,
                String release,
                @Nullable String previous,
                String state,
                @Nullable Instant completed) {
            DeploymentRecord r = build;
            return new Sample(new DeploymentRecord(
                    r.id(),
                    r.project(),
                    r.number(),
                    r.kind(),
                    r.version(),
                    release,
                    r.strategy(),
                    r.options(),
                    status,
                    r.progress(),
                    r.message(),
                    r.isStable(),
                    previous,
                    r.rollbackVersion(),
                    state,
                    r.user(),
                    r.tenant(),
                    r.createdAt(),
                    r.started(),
                    completed,
                    r.revision()));
        }
    }
}
