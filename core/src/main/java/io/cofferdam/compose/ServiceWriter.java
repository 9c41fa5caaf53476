package io.cofferdam.compose;

import io.cofferdam.application.Build;
import io.cofferdam.application.Dependency;
import io.cofferdam.application.ExposedPort;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.Service;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Writes one service as plain data. */
final class ServiceWriter {

    private static final String HIDDEN = "***";
    private static final Duration USUAL_START = Duration.ofSeconds(60);

    private final boolean secrets;
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private final Map<String, @Nullable Object> own = new LinkedHashMap<>();

    ServiceWriter(boolean secrets) {
        this.secrets = secrets;
    }

    Map<String, @Nullable Object> write(Service service) {
        EnvironmentSpec spec = service.template();
        spec.image().ifPresent(image -> fields.put("image", image));
        service.build().ifPresent(build -> fields.put("build", build(build)));
        spec.entrypoint().ifPresent(words -> fields.put("entrypoint", words));
        put("command", spec.command());
        environment(spec);
        ports(service);
        put("volumes", spec.mounts().stream().map(ServiceWriter::mount).toList());
        networks(service.networks());
        put("secrets", service.secrets().stream().map(ServiceWriter::reference).toList());
        put("configs", service.configs().stream().map(ServiceWriter::reference).toList());
        dependencies(service);
        spec.healthCheck().ifPresent(check -> fields.put("healthcheck", healthCheck(check)));
        fields.put("restart", restart(spec.restart()));
        fields.put("stop_signal", spec.stopSignal());
        fields.put("stop_grace_period", duration(spec.stopGrace()));
        put("profiles", new ArrayList<>(service.profiles()));
        put("labels", spec.labels());
        spec.workingDirectory().ifPresent(folder -> fields.put("working_dir", folder));
        spec.user().ifPresent(user -> fields.put("user", user));
        if (spec.pullPolicy() != PullPolicy.MISSING) {
            fields.put("pull_policy", spec.pullPolicy().name().toLowerCase(Locale.ROOT));
        }
        spec.imageMaxAge().ifPresent(age -> fields.put("pull_policy", "every_" + duration(age)));
        fields.put("deploy", deploy(service));
        boolean folderOfItsOwn = spec.template().isPresent()
                && !spec.template().equals(service.build().map(Build::context));
        if (folderOfItsOwn) {
            own.put("folder", spec.template().orElseThrow().toString());
        }
        if (service.build().isPresent() && spec.image().isEmpty()) {
            own.put("no-image", true);
        }
        if (!spec.startTimeout().equals(USUAL_START)) {
            own.put("start-timeout", duration(spec.startTimeout()));
        }
        spec.limits().disk().ifPresent(bytes -> own.put("disk", bytes));
        if (!spec.readiness().equals(Readiness.byDefault())) {
            own.put("ready", readiness(spec.readiness()));
        }
        put("x-cofferdam", own);
        fields.putAll(service.extensions());
        return fields;
    }

    private Map<String, @Nullable Object> build(Build build) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("context", build.context().toString());
        build.dockerfile().ifPresent(file -> all.put("dockerfile", file));
        build.inlineDockerfile().ifPresent(text -> all.put("dockerfile_inline", text));
        Map<String, String> arguments = new TreeMap<>(build.args());
        if (!secrets) {
            arguments.replaceAll((name, value) -> VariablesReader.looksSecret(name, value) ? HIDDEN : value);
        }
        put(all, "args", arguments);
        build.target().ifPresent(stage -> all.put("target", stage));
        put(all, "labels", new TreeMap<>(build.labels()));
        build.digest().ifPresent(digest -> all.put("x-cofferdam-digest", digest));
        return all;
    }

    private void environment(EnvironmentSpec spec) {
        Map<String, String> shown = new LinkedHashMap<>(spec.env());
        Set<String> guessed = new TreeSet<>();
        shown.forEach((name, value) -> {
            if (VariablesReader.looksSecret(name, value)) {
                guessed.add(name);
            }
        });
        if (!guessed.equals(spec.secretNames()) || (!secrets && !guessed.isEmpty())) {
            own.put("secret-env", List.copyOf(new TreeSet<>(spec.secretNames())));
        }
        if (!secrets) {
            spec.secretNames().forEach(name -> shown.replace(name, HIDDEN));
        }
        put("environment", shown);
    }

    private void ports(Service service) {
        List<Map<String, @Nullable Object>> published = new ArrayList<>();
        for (PortMapping port : service.template().ports()) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("target", port.port());
            if (port.hostPort().isPresent()) {
                all.put("published", Integer.toString(port.hostPort().getAsInt()));
            }
            all.put("host_ip", port.hostAddress());
            all.put("protocol", port.protocol().toString());
            published.add(all);
        }
        put("ports", published);
        put("expose", service.exposedPorts().stream().map(ExposedPort::toString).toList());
    }

    private static Map<String, @Nullable Object> mount(Mount mount) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (mount instanceof Mount.Bind bind) {
            all.put("type", "bind");
            all.put("source", bind.source().toString());
        } else if (mount instanceof Mount.Volume volume) {
            all.put("type", "volume");
            all.put("source", volume.volume());
        } else {
            all.put("type", mount instanceof Mount.Temporary ? "volume" : "tmpfs");
        }
        all.put("target", mount.target());
        if (mount.readOnly()) {
            all.put("read_only", true);
        }
        if (mount instanceof Mount.Tmpfs tmpfs && tmpfs.sizeBytes() != null) {
            all.put("tmpfs", Map.of("size", tmpfs.sizeBytes()));
        }
        return all;
    }

    private void networks(Map<String, List<String>> networks) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        networks.forEach((name, aliases) -> all.put(name, aliases.isEmpty() ? null : Map.of("aliases", aliases)));
        put("networks", all);
    }

    private static Map<String, @Nullable Object> reference(FileReference reference) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("source", reference.source());
        all.put("target", reference.target());
        reference.uid().ifPresent(user -> all.put("uid", user));
        reference.gid().ifPresent(group -> all.put("gid", group));
        reference.mode().ifPresent(mode -> all.put("mode", "0" + Integer.toOctalString(mode)));
        return all;
    }

    private void dependencies(Service service) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        service.dependencies().forEach((name, dependency) -> {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("condition", condition(dependency.condition()));
            if (!dependency.required()) {
                one.put("required", false);
            }
            if (dependency.restart()) {
                one.put("restart", true);
            }
            all.put(name, one);
        });
        put("depends_on", all);
    }

    private static String condition(Dependency.Condition condition) {
        return switch (condition) {
            case STARTED -> "service_started";
            case HEALTHY -> "service_healthy";
            case COMPLETED -> "service_completed_successfully";
        };
    }

    private static Map<String, @Nullable Object> healthCheck(HealthCheck check) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (check.probe() instanceof Probe.Command command) {
            List<String> test = new ArrayList<>(List.of("CMD"));
            test.addAll(command.command());
            all.put("test", test);
        } else {
            all.put("x-cofferdam", probe(check.probe()));
        }
        all.put("interval", duration(check.interval()));
        all.put("timeout", duration(check.timeout()));
        all.put("retries", check.retries());
        all.put("start_period", duration(check.startPeriod()));
        return all;
    }

    private static Map<String, @Nullable Object> probe(Probe probe) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        if (probe instanceof Probe.Command command) {
            all.put("command", command.command());
        } else if (probe instanceof Probe.Tcp tcp) {
            all.put("tcp", tcp.port());
        } else if (probe instanceof Probe.Http http) {
            Map<String, @Nullable Object> request = new LinkedHashMap<>();
            request.put("port", http.port());
            request.put("path", http.path());
            request.put("scheme", http.scheme().name().toLowerCase(Locale.ROOT).replace('_', '-'));
            request.put(
                    "status",
                    http.statuses().stream()
                            .map(range -> range.from() + "-" + range.to())
                            .toList());
            put(request, "headers", http.headers());
            http.body().ifPresent(body -> request.put("body", body));
            all.put("http", request);
        }
        return all;
    }

    private static Object readiness(Readiness readiness) {
        if (readiness instanceof Readiness.Probed probed) {
            return probe(probed.probe());
        }
        if (readiness instanceof Readiness.Log log) {
            Map<String, @Nullable Object> all = new LinkedHashMap<>();
            all.put("log", log.regex());
            all.put("times", log.times());
            return all;
        }
        if (readiness instanceof Readiness.Uptime uptime) {
            return Map.of("uptime", duration(uptime.duration()));
        }
        if (readiness instanceof Readiness.AllOf all) {
            return Map.of(
                    "all-of",
                    all.conditions().stream().map(ServiceWriter::readiness).toList());
        }
        if (readiness instanceof Readiness.AnyOf any) {
            return Map.of(
                    "any-of",
                    any.conditions().stream().map(ServiceWriter::readiness).toList());
        }
        return readiness.equals(Readiness.running())
                ? "running"
                : readiness.equals(Readiness.healthy()) ? "healthy" : "default";
    }

    private static String restart(RestartPolicy policy) {
        return switch (policy.condition()) {
            case NEVER -> "no";
            case ALWAYS -> "always";
            case ON_FAILURE -> policy.maxRetries() == 0 ? "on-failure" : "on-failure:" + policy.maxRetries();
        };
    }

    private static Map<String, @Nullable Object> deploy(Service service) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("replicas", service.replicas());
        put(all, "labels", service.labels());
        Map<String, @Nullable Object> limits = new LinkedHashMap<>();
        service.template().limits().cpus().ifPresent(cpus -> limits.put("cpus", Double.toString(cpus)));
        service.template().limits().memory().ifPresent(bytes -> limits.put("memory", Long.toString(bytes)));
        service.template().limits().pids().ifPresent(count -> limits.put("pids", count));
        if (!limits.isEmpty()) {
            all.put("resources", Map.of("limits", limits));
        }
        service.update().ifPresent(settings -> all.put("update_config", settings(settings)));
        service.rollback().ifPresent(settings -> all.put("rollback_config", settings(settings)));
        return all;
    }

    private static Map<String, @Nullable Object> settings(UpdateSettings settings) {
        Map<String, @Nullable Object> all = new LinkedHashMap<>();
        all.put("parallelism", settings.parallelism());
        all.put("delay", duration(settings.delay()));
        all.put("failure_action", settings.failureAction().name().toLowerCase(Locale.ROOT));
        all.put("monitor", duration(settings.monitor()));
        all.put("max_failure_ratio", settings.maxFailureRatio());
        all.put("order", settings.order() == UpdateSettings.Order.START_FIRST ? "start-first" : "stop-first");
        return all;
    }

    /** Whole seconds, or the largest unit below that is exact. */
    private static String duration(Duration duration) {
        if (duration.toNanosPart() == 0) {
            return duration.toSeconds() + "s";
        }
        return duration.toNanosPart() % 1_000_000 == 0 ? duration.toMillis() + "ms" : duration.toNanos() + "ns";
    }

    private void put(String key, Map<String, ?> value) {
        put(fields, key, value);
    }

    private void put(String key, List<?> value) {
        if (!value.isEmpty()) {
            fields.put(key, value);
        }
    }

    private static void put(Map<String, @Nullable Object> into, String key, Map<String, ?> value) {
        if (!value.isEmpty()) {
            into.put(key, value);
        }
    }
}
