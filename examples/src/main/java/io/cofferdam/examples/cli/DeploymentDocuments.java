package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.traffic.Route;
import io.cofferdam.workload.InstanceStatus;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The shapes of JSON output about deployments, described in {@code examples/CLI.md}. */
final class DeploymentDocuments {

    private DeploymentDocuments() {}

    static Map<String, @Nullable Object> record(DeploymentRecord record) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("id", record.id());
        document.put("project", record.project());
        document.put("number", record.number());
        document.put("kind", Shown.name(record.kind()));
        document.put("version", record.version());
        document.put("strategy", record.strategy());
        document.put("status", Shown.name(record.status()));
        document.put("progress", record.progress());
        document.put("message", record.message());
        document.put("stable", record.isStable());
        document.put("rollbackVersion", record.rollbackVersion());
        document.put("user", record.user());
        document.put("tenant", record.tenant());
        document.put("created", text(record.createdAt()));
        document.put("started", text(record.started()));
        document.put("completed", text(record.completed()));
        return document;
    }

    static Map<String, @Nullable Object> event(DeploymentEvent event) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("project", event.project());
        document.put("sequence", event.sequence());
        document.put("deployment", event.deployment());
        document.put("at", text(event.at()));
        document.put("type", event.type());
        document.put("service", event.service().isEmpty() ? null : event.service());
        document.put("message", event.message());
        document.put("details", new TreeMap<>(event.details()));
        return document;
    }

    static Map<String, @Nullable Object> instance(InstanceStatus status) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("service", status.instance().service());
        document.put("ordinal", status.instance().ordinal());
        document.put("revision", status.revision().hash());
        document.put("condition", Shown.name(status.instance().condition()));
        document.put("deployment", status.deployment());
        document.put("colour", status.colour());
        document.put("environment", Documents.status(status.environment()));
        return document;
    }

    static Map<String, @Nullable Object> route(Route route) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", route.name());
        document.put("protocol", Shown.name(route.protocol()));
        document.put("address", route.address());
        document.put("port", route.port());
        document.put(
                "targets",
                route.targets().stream()
                        .map(target -> {
                            Map<String, @Nullable Object> one = Json.object();
                            one.put("instance", target.id());
                            one.put("share", target.share());
                            return one;
                        })
                        .toList());
        return document;
    }

    private static @Nullable String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
