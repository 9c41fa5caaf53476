package io.cofferdam.examples.cli;

import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.Volume;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The shapes of JSON output, described in {@code examples/CLI.md}. Every key is always there; what is unknown is null. */
final class Documents {

    private Documents() {}

    static Map<String, @Nullable Object> status(EnvironmentStatus status) {
        Map<String, String> labels = new TreeMap<>(status.labels());
        labels.keySet().removeIf(label -> label.startsWith(Labels.PREFIX));
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", status.name());
        document.put("id", status.id());
        document.put("state", Shown.name(status.state()));
        document.put("health", Shown.name(status.health()));
        document.put("exitCode", status.exit());
        document.put("image", status.image());
        document.put("stack", status.stack().orElse(null));
        document.put("created", text(status.created()));
        document.put("started", text(status.started()));
        document.put("finished", text(status.finished()));
        document.put("restarts", status.restarts());
        document.put("outOfMemory", status.outOfMemory());
        document.put("lifetime", status.labels().get(Labels.LIFETIME));
        document.put("expires", status.labels().get(Labels.EXPIRES));
        document.put(
                "endpoints",
                status.endpoints().stream().map(Documents::endpoint).toList());
        document.put("labels", labels);
        return document;
    }

    static Map<String, @Nullable Object> spec(EnvironmentSpec spec) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("image", spec.image().orElse(null));
        document.put("template", spec.template().map(Path::toString).orElse(null));
        document.put("entrypoint", spec.entrypoint().orElse(null));
        document.put("command", spec.command());
        document.put("env", env(spec));
        document.put("secrets", spec.secretNames().stream().sorted().toList());
        document.put("ports", spec.ports().stream().map(PortMapping::toString).toList());
        document.put("mounts", spec.mounts().stream().map(Documents::mount).toList());
        document.put("limits", limits(spec.limits()));
        document.put("aliases", spec.aliases());
        document.put("networks", spec.networks());
        document.put(
                "healthCheck", spec.healthCheck().map(Documents::healthCheck).orElse(null));
        document.put("restart", restart(spec));
        document.put("lifetime", spec.lifetime().toString());
        document.put("pull", Shown.name(spec.pullPolicy()));
        document.put("stopSignal", spec.stopSignal());
        document.put("stopGraceSeconds", seconds(spec.stopGrace()));
        document.put("startTimeoutSeconds", seconds(spec.startTimeout()));
        document.put("workdir", spec.workingDirectory().orElse(null));
        document.put("user", spec.user().orElse(null));
        return document;
    }

    static Map<String, @Nullable Object> network(Network network, List<Network.Member> members) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", network.name());
        document.put("id", network.id());
        document.put("subnet", network.subnetRange());
        document.put("internal", network.internal());
        document.put("isolated", network.isolated());
        document.put("created", text(network.created()));
        document.put("labels", own(network.labels()));
        document.put(
                "members",
                members.stream()
                        .map(member -> {
                            Map<String, @Nullable Object> one = Json.object();
                            one.put("environment", member.environment());
                            one.put("address", member.address().isEmpty() ? null : member.address());
                            one.put("names", member.names());
                            return one;
                        })
                        .toList());
        return document;
    }

    static Map<String, @Nullable Object> volume(Volume volume, @Nullable Long size) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", volume.name());
        document.put("created", text(volume.created()));
        document.put("size", size);
        document.put("labels", own(volume.labels()));
        return document;
    }

    private static Map<String, String> own(Map<String, String> all) {
        Map<String, String> labels = new TreeMap<>(all);
        labels.keySet().removeIf(label -> label.startsWith(Labels.PREFIX));
        return labels;
    }

    static Map<String, @Nullable Object> usage(String name, ResourceUsage usage, double cpus) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", name);
        document.put("at", text(usage.at()));
        document.put("cpus", Math.round(cpus * 1000) / 1000.0);
        document.put("cpuSeconds", seconds(usage.cpuTime()));
        document.put("memory", usage.memory());
        document.put("memoryLimit", usage.memoryLimitBytes());
        document.put("pids", usage.pids());
        return document;
    }

    static Map<String, @Nullable Object> logLine(LogLine line) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("stream", Shown.name(line.stream()));
        document.put("at", text(line.at()));
        document.put("text", line.text());
        document.put("complete", line.complete());
        return document;
    }

    /** The variables with the values of secrets hidden. */
    static Map<String, String> env(EnvironmentSpec spec) {
        Map<String, String> shown = new LinkedHashMap<>(spec.env());
        spec.secretNames().forEach(secret -> shown.replace(secret, "***"));
        return shown;
    }

    static String restart(EnvironmentSpec spec) {
        return RestartText.shown(spec.restart());
    }

    private static Map<String, @Nullable Object> endpoint(Endpoint endpoint) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("port", endpoint.port());
        document.put("protocol", endpoint.protocol());
        document.put("host", endpoint.host());
        document.put("hostPort", endpoint.hostPort());
        return document;
    }

    private static Map<String, @Nullable Object> mount(Mount mount) {
        Map<String, @Nullable Object> document = Json.object();
        if (mount instanceof Mount.Bind bind) {
            document.put("type", "bind");
            document.put("source", bind.source().toString());
        } else if (mount instanceof Mount.Volume volume) {
            document.put("type", "volume");
            document.put("source", volume.volume());
        } else if (mount instanceof Mount.Temporary) {
            document.put("type", "temporary");
            document.put("source", null);
        } else {
            document.put("type", "tmpfs");
            document.put("source", null);
        }
        document.put("target", mount.target());
        document.put("readOnly", mount.readOnly());
        return document;
    }

    private static Map<String, @Nullable Object> limits(ResourceLimits limits) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("memory", limits.memoryBytes());
        document.put("cpus", limits.cpuCount());
        document.put("pids", limits.pidCount());
        document.put("disk", limits.diskBytes());
        return document;
    }

    private static Map<String, @Nullable Object> healthCheck(HealthCheck check) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("probe", probe(check.probe()));
        document.put("intervalSeconds", seconds(check.interval()));
        document.put("timeoutSeconds", seconds(check.timeout()));
        document.put("retries", check.retries());
        document.put("startPeriodSeconds", seconds(check.startPeriod()));
        return document;
    }

    /** The probe as the command line takes it. */
    private static String probe(Probe probe) {
        if (probe instanceof Probe.Command command) {
            return "cmd:" + Text.shell(command.command());
        }
        if (probe instanceof Probe.Http http) {
            return switch (http.scheme()) {
                        case HTTP -> "http:";
                        case HTTPS -> "https:";
                        case HTTPS_TRUSTING_ALL -> "https-insecure:";
                    }
                    + http.port()
                    + http.path();
        }
        return "tcp:" + ((Probe.Tcp) probe).port();
    }

    private static double seconds(Duration duration) {
        return duration.toMillis() / 1000.0;
    }

    @Nullable
    private static String text(@Nullable Instant instant) {
        return instant == null ? null : instant.toString();
    }
}
