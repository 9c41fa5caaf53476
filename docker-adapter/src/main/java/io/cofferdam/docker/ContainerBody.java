package io.cofferdam.docker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.environment.RestartPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes a specification as the engine wants it. */
final class ContainerBody {

    /** Engines refuse times of health checks below this. */
    private static final Duration SHORTEST = Duration.ofMillis(1);

    private static final List<String> TEMPORARY_LABELS =
            List.of(Labels.ENVIRONMENT, Labels.OWNER, Labels.LIFETIME, Labels.EXPIRES);

    private final String volumePrefix;
    private final boolean limitsSwap;
    private final boolean exactLogs;

    ContainerBody(String volumePrefix, boolean limitsSwap, boolean exactLogs) {
        this.volumePrefix = volumePrefix;
        this.limitsSwap = limitsSwap;
        this.exactLogs = exactLogs;
    }

    /**
     * The body of a creation.
     *
     * @param image the image's name
     * @param networkId the identifier of the network to join, or null for the engine's default
     */
    ObjectNode of(CreateRequest request, String image, @Nullable String networkId) {
        EnvironmentSpec spec = request.spec();
        ObjectNode body = Json.object();
        body.put("Image", image);
        ArrayNode env = body.putArray("Env");
        spec.env().forEach((name, value) -> env.add(name + "=" + value));
        spec.entrypoint().ifPresent(words -> strings(body, "Entrypoint", words.isEmpty() ? List.of("") : words));
        if (!spec.command().isEmpty()) {
            strings(body, "Cmd", spec.command());
        }
        spec.workingDirectory()
                .ifPresent(
                        directory -> body.put("WorkingDir", directory.startsWith("/") ? directory : "/" + directory));
        spec.user().ifPresent(user -> body.put("User", user));
        ObjectNode labels = body.putObject("Labels");
        request.labels().forEach(labels::put);
        if (spec.hasOpenStdin()) {
            // Once, because otherwise the engine never tells the process that its input has ended.
            body.put("OpenStdin", true).put("StdinOnce", true);
        }
        if (spec.hasTerminal()) {
            body.put("Tty", true);
        }
        body.put("StopSignal", spec.stopSignal());
        body.put("StopTimeout", (int)
                Math.min(Integer.MAX_VALUE, Math.ceil(spec.stopGrace().toMillis() / 1000.0)));
        spec.healthCheck().ifPresent(check -> health(body, check));
        ObjectNode host = body.putObject("HostConfig");
        if (exactLogs) {
            // The usual driver stores text and loses what is no UTF-8; others cannot be read. This one keeps the last
            // 100 MB unless told otherwise; told so, 256 MB at least.
            host.putObject("LogConfig")
                    .put("Type", "local")
                    .putObject("Config")
                    .put("max-size", "256m")
                    .put("max-file", "2");
        }
        limits(host, spec.limits());
        restart(host, spec.restart());
        ports(body, host, spec.ports());
        mounts(host, spec.mounts(), request);
        if (networkId != null) {
            host.put("NetworkMode", networkId);
            ObjectNode endpoint = body.putObject("NetworkingConfig")
                    .putObject("EndpointsConfig")
                    .putObject(networkId);
            request.network().ifPresent(membership -> strings(endpoint, "Aliases", membership.names()));
        }
        return body;
    }

    private static void health(ObjectNode body, HealthCheck check) {
        if (!(check.probe() instanceof Probe.Command command)) {
            // The library asks instead, and an image's own check must not say something else meanwhile.
            strings(body.putObject("Healthcheck"), "Test", List.of("NONE"));
            return;
        }
        ObjectNode health = body.putObject("Healthcheck");
        ArrayNode test = health.putArray("Test").add("CMD");
        command.command().forEach(test::add);
        health.put("Interval", nanos(check.interval()));
        health.put("Timeout", nanos(check.timeout()));
        health.put("Retries", check.retries());
        if (!check.startPeriod().isZero()) {
            health.put("StartPeriod", nanos(check.startPeriod()));
        }
    }

    private static long nanos(Duration time) {
        return (time.compareTo(SHORTEST) < 0 ? SHORTEST : time).toNanos();
    }

    private void limits(ObjectNode host, ResourceLimits limits) {
        limits.memory().ifPresent(bytes -> {
            host.put("Memory", bytes);
            if (limitsSwap) {
                // Otherwise the engine grants as much swap again.
                host.put("MemorySwap", bytes);
            }
        });
        limits.cpus().ifPresent(cpus -> host.put("NanoCpus", Math.max(1, Math.round(cpus * 1e9))));
        limits.pids().ifPresent(pids -> host.put("PidsLimit", pids));
        limits.disk().ifPresent(bytes -> host.putObject("StorageOpt").put("size", Long.toString(bytes)));
    }

    private static void restart(ObjectNode host, RestartPolicy policy) {
        ObjectNode restart = host.putObject("RestartPolicy");
        switch (policy.condition()) {
            case NEVER -> restart.put("Name", "no");
            case ALWAYS -> restart.put("Name", "always");
            case ON_FAILURE -> restart.put("Name", "on-failure").put("MaximumRetryCount", policy.maxRetries());
        }
    }

    private static void ports(ObjectNode body, ObjectNode host, List<PortMapping> ports) {
        if (ports.isEmpty()) {
            return;
        }
        ObjectNode exposed = body.putObject("ExposedPorts");
        ObjectNode bindings = host.putObject("PortBindings");
        for (PortMapping mapping : ports) {
            String inside = mapping.port() + "/" + mapping.protocol();
            exposed.putObject(inside);
            bindings.withArray(inside)
                    .addObject()
                    .put("HostIp", mapping.hostAddress())
                    .put(
                            "HostPort",
                            mapping.fixedHostPort() == null
                                    ? ""
                                    : mapping.fixedHostPort().toString());
        }
    }

    private void mounts(ObjectNode host, List<Mount> mounts, CreateRequest request) {
        if (mounts.isEmpty()) {
            return;
        }
        ArrayNode list = host.putArray("Mounts");
        for (Mount mount : mounts) {
            ObjectNode entry = list.addObject();
            entry.put("Target", mount.target()).put("ReadOnly", mount.readOnly());
            if (mount instanceof Mount.Bind bind) {
                entry.put("Type", "bind").put("Source", bind.source().toString());
            } else if (mount instanceof Mount.Volume volume) {
                entry.put("Type", "volume").put("Source", volumePrefix + volume.volume());
            } else if (mount instanceof Mount.Temporary) {
                // Without a name it is removed with its container; the labels are for whoever removes that by other
                // means.
                ObjectNode labels =
                        entry.put("Type", "volume").putObject("VolumeOptions").putObject("Labels");
                TEMPORARY_LABELS.forEach(label -> {
                    if (request.labels().containsKey(label)) {
                        labels.put(label, request.labels().get(label));
                    }
                });
            } else if (mount instanceof Mount.Tmpfs tmpfs) {
                entry.put("Type", "tmpfs");
                Optional.ofNullable(tmpfs.sizeBytes())
                        .ifPresent(size -> entry.putObject("TmpfsOptions").put("SizeBytes", size));
            }
        }
    }

    private static void strings(ObjectNode node, String field, List<String> values) {
        ArrayNode array = node.putArray(field);
        values.forEach(array::add);
    }
}
