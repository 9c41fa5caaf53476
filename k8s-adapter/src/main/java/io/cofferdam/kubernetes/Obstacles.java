package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.CofferdamException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What stands in the way of pods that do not become ready, for people: one sentence for each kind of trouble. */
final class Obstacles {

    private static final Logger LOG = LoggerFactory.getLogger(Obstacles.class);

    private static final int MOST = 5;
    private static final int LINES = 5;

    private final StepPods pods;

    Obstacles(StepPods pods) {
        this.pods = pods;
    }

    /** Empty if nothing is known; else it begins with what goes between it and the sentence before. */
    String of(Kinds.Kind kind, String namespace, JsonNode object, Deadline deadline) {
        Operation operation = Operation.of("look", "looking", "at the pods of '" + Marks.name(object) + "'");
        try {
            List<JsonNode> there = new ArrayList<>();
            if (kind.word().equals("pod")) {
                there.add(object);
            } else {
                String selector = selector(object);
                if (selector.isEmpty()) {
                    return "";
                }
                there.addAll(pods.list(operation, namespace, selector, deadline));
            }
            Set<String> troubles = new LinkedHashSet<>();
            for (JsonNode pod : there) {
                troubles(operation, namespace, pod, troubles, deadline);
            }
            StringBuilder text = new StringBuilder();
            troubles.stream().limit(MOST).forEach(trouble -> text.append("\n  ").append(trouble));
            return text.toString();
        } catch (CofferdamException unknown) {
            LOG.debug("could not find out what is in the way of '{}'", Marks.name(object), unknown);
            return "";
        }
    }

    private static String selector(JsonNode object) {
        List<String> parts = new ArrayList<>();
        object.path("spec")
                .path("selector")
                .path("matchLabels")
                .properties()
                .forEach(label ->
                        parts.add(label.getKey() + "=" + label.getValue().asText("")));
        return String.join(",", parts);
    }

    private void troubles(
            Operation operation, String namespace, JsonNode pod, Set<String> troubles, Deadline deadline) {
        JsonNode status = pod.path("status");
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText("").equals("PodScheduled")
                    && condition.path("status").asText("").equals("False")) {
                troubles.add("pod '" + Marks.name(pod) + "' is on no node: "
                        + condition.path("message").asText(""));
            }
        }
        for (String group : List.of("initContainerStatuses", "containerStatuses")) {
            for (JsonNode container : status.path(group)) {
                container(operation, namespace, pod, container, troubles, deadline);
            }
        }
        if (status.path("phase").asText("").equals("Failed")
                && !status.path("reason").asText("").isEmpty()) {
            troubles.add("pod '" + Marks.name(pod) + "' failed: "
                    + status.path("reason").asText("") + " "
                    + status.path("message").asText(""));
        }
    }

    private void container(
            Operation operation,
            String namespace,
            JsonNode pod,
            JsonNode container,
            Set<String> troubles,
            Deadline deadline) {
        String name = container.path("name").asText("");
        String who = "container '" + name + "' of pod '" + Marks.name(pod) + "'";
        JsonNode waiting = container.path("state").path("waiting");
        JsonNode ended = container.path("state").path("terminated");
        boolean wasRestarted =
                ended.isMissingNode() && container.path("lastState").has("terminated");
        if (wasRestarted) {
            ended = container.path("lastState").path("terminated");
        }
        if (!ended.isMissingNode() && !container.path("ready").asBoolean(false)) {
            String how = ended.path("reason").asText("").equals("OOMKilled")
                    ? "was killed because it needed more memory than its limit"
                    : "ended with exit code " + ended.path("exitCode").asInt(0);
            troubles.add(who + " " + how + lastLines(operation, namespace, pod, name, wasRestarted, deadline));
            return;
        }
        String reason = waiting.path("reason").asText("");
        if (!reason.isEmpty() && !reason.equals("ContainerCreating") && !reason.equals("PodInitializing")) {
            String message = waiting.path("message").asText("");
            String image = reason.contains("Image")
                    ? " (image " + container.path("image").asText("") + ")"
                    : "";
            troubles.add(who + " waits: " + reason + image + (message.isEmpty() ? "" : ": " + message));
        }
    }

    private String lastLines(
            Operation operation,
            String namespace,
            JsonNode pod,
            String container,
            boolean previous,
            Deadline deadline) {
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        try {
            String options = "&tailLines=" + LINES + (previous ? "&previous=true" : "");
            pods.read(operation, namespace, pod, container, options, lines, deadline);
        } catch (CofferdamException gone) {
            return "";
        }
        String text = lines.toString(StandardCharsets.UTF_8).stripTrailing();
        return text.isEmpty() ? ", and wrote nothing" : "; its last lines:\n    " + text.replace("\n", "\n    ");
    }

    /** How a pod is, in a word or two. */
    static String state(JsonNode pod) {
        if (pod.path("metadata").has("deletionTimestamp")) {
            return "ending";
        }
        for (JsonNode container : pod.path("status").path("containerStatuses")) {
            String reason =
                    container.path("state").path("waiting").path("reason").asText("");
            if (!reason.isEmpty()) {
                return reason;
            }
        }
        String phase = pod.path("status").path("phase").asText("");
        return phase.isEmpty() ? "unknown" : phase.equals("Running") ? "Running, not ready" : phase;
    }
}
