package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.driver.Unit;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Protocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads what the engine says of containers. */
final class ContainerFacts {

    private final EngineAddress address;
    private final Origins origins;

    ContainerFacts(EngineAddress address, Origins origins) {
        this.address = address;
        this.origins = origins;
    }

    /** Its labels; ours that it inherited from the image of a snapshot have no value, and are none. */
    static Map<String, String> labels(JsonNode labels) {
        Map<String, String> all = Json.strings(labels);
        all.entrySet()
                .removeIf(label -> label.getKey().startsWith(Labels.PREFIX)
                        && label.getValue().isEmpty());
        return all;
    }

    /** Reads the answer to an inspection. */
    Unit ofInspection(JsonNode container) {
        JsonNode config = container.path("Config");
        JsonNode state = container.path("State");
        EnvironmentState doing = state(state.path("Status").asText(""));
        Map<String, String> labels = labels(config.path("Labels"));
        String origin = labels.get(Origins.LABEL);
        if (origin != null) {
            origins.put(container.path("Id").asText(""), origin);
        }
        Instant finished = Json.instant(state.path("FinishedAt"));
        Integer exit = finished == null || doing.isAlive()
                ? null
                : (Integer) state.path("ExitCode").asInt(0);
        EnvironmentStatus status = new EnvironmentStatus(
                container.path("Id").asText(""),
                labels.getOrDefault(Labels.ENVIRONMENT, ""),
                doing,
                health(state.path("Health").path("Status").asText("")),
                exit,
                orEpoch(Json.instant(container.path("Created"))),
                Json.instant(state.path("StartedAt")),
                finished,
                container.path("RestartCount").asInt(0),
                state.path("OOMKilled").asBoolean(false),
                labels.getOrDefault(Origins.IMAGE, config.path("Image").asText("")),
                doing.isAlive() ? endpoints(container.path("NetworkSettings").path("Ports")) : List.of(),
                labels);
        return new Unit(status, withoutSlash(container.path("Name").asText("")), env(config.path("Env")));
    }

    /** The name of an entry of a list, without the names by which linked containers know it. */
    static String name(JsonNode container) {
        for (JsonNode name : container.path("Names")) {
            String text = withoutSlash(name.asText(""));
            if (text.indexOf('/') < 0) {
                return text;
            }
        }
        return "";
    }

    static String withoutSlash(String name) {
        return name.startsWith("/") ? name.substring(1) : name;
    }

    static EnvironmentState state(String word) {
        return switch (word) {
            case "created" -> EnvironmentState.CREATED;
            case "running" -> EnvironmentState.RUNNING;
            case "paused" -> EnvironmentState.PAUSED;
            case "restarting" -> EnvironmentState.RESTARTING;
            default -> EnvironmentState.EXITED; // "exited", "dead", and "removing", which may still fail
        };
    }

    static HealthStatus health(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "starting" -> HealthStatus.STARTING;
            case "healthy" -> HealthStatus.HEALTHY;
            case "unhealthy" -> HealthStatus.UNHEALTHY;
            default -> HealthStatus.NONE;
        };
    }

    private List<Endpoint> endpoints(JsonNode ports) {
        Set<Endpoint> endpoints = new LinkedHashSet<>();
        ports.properties().forEach(entry -> {
            String[] inside = entry.getKey().split("/", 2);
            for (JsonNode binding : entry.getValue()) {
                add(
                        endpoints,
                        Integer.parseInt(inside[0]),
                        inside.length > 1 ? inside[1] : "tcp",
                        binding.path("HostIp").asText(""),
                        binding.path("HostPort").asInt(0));
            }
        });
        return sorted(endpoints);
    }

    private void add(Set<Endpoint> endpoints, int port, String protocol, String hostIp, int hostPort) {
        boolean known = protocol.equals("tcp") || protocol.equals("udp");
        // The IPv6 half of a wildcard is the same port again.
        if (hostPort > 0 && known && !hostIp.equals("::")) {
            Protocol kind = protocol.equals("udp") ? Protocol.UDP : Protocol.TCP;
            endpoints.add(new Endpoint(port, kind, reachable(hostIp), hostPort));
        }
    }

    private String reachable(String hostIp) {
        if (!hostIp.isEmpty() && !hostIp.equals("0.0.0.0")) {
            return hostIp;
        }
        return address.isLocal() ? "127.0.0.1" : address.host();
    }

    private static List<Endpoint> sorted(Set<Endpoint> endpoints) {
        List<Endpoint> list = new ArrayList<>(endpoints);
        list.sort(Comparator.comparingInt(Endpoint::port).thenComparing(Endpoint::protocol));
        return list;
    }

    private static Map<String, String> env(JsonNode list) {
        Map<String, String> env = new LinkedHashMap<>();
        for (JsonNode entry : list) {
            String text = entry.asText("");
            int equals = text.indexOf('=');
            env.put(equals < 0 ? text : text.substring(0, equals), equals < 0 ? "" : text.substring(equals + 1));
        }
        return env;
    }

    private static Instant orEpoch(@Nullable Instant time) {
        return Objects.requireNonNullElse(time, Instant.EPOCH);
    }
}
