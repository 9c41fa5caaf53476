package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the cluster says of the pods of an environment, oldest first. */
record Runs(List<JsonNode> pods) {

    Runs {
        pods = pods.stream().sorted(Comparator.comparingInt(Runs::number)).toList();
    }

    /** The pod of the last start. */
    Optional<JsonNode> last() {
        return pods.isEmpty() ? Optional.empty() : Optional.of(pods.get(pods.size() - 1));
    }

    /** The pod that tells how the environment is: the last one, or the one before as long as that has not begun. */
    Optional<JsonNode> told() {
        for (int i = pods.size() - 1; i >= 0; i--) {
            if (main(pods.get(i)).phase() != Phase.WAITING) {
                return Optional.of(pods.get(i));
            }
        }
        return last();
    }

    static int number(JsonNode pod) {
        String text = Marks.label(pod, Marks.RUN);
        return text.matches("\\d{1,9}") ? Integer.parseInt(text) : 0;
    }

    /** How the main process of a pod is. */
    enum Phase {
        WAITING,
        RUNNING,
        ENDED
    }

    /**
     * What is known of the main process of a pod.
     *
     * @param waiting why it does not run yet, in the cluster's word; empty unless it waits
     * @param message more about that
     */
    record Main(
            Phase phase,
            String container,
            @Nullable Instant started,
            @Nullable Instant finished,
            int exitCode,
            boolean outOfMemory,
            String waiting,
            String message) {}

    static Main main(JsonNode pod) {
        JsonNode status = pod.path("status");
        for (JsonNode container : status.path("containerStatuses")) {
            if (!container.path("name").asText("").equals(UnitBody.MAIN)) {
                continue;
            }
            JsonNode state = container.path("state");
            String id = container.path("containerID").asText("");
            if (state.has("running")) {
                return new Main(
                        Phase.RUNNING,
                        id,
                        Json.instant(state.path("running").path("startedAt")),
                        null,
                        0,
                        false,
                        "",
                        "");
            }
            if (state.has("terminated")) {
                JsonNode end = state.path("terminated");
                int signal = end.path("signal").asInt(0);
                int code = end.path("exitCode").asInt(signal == 0 ? 0 : 128 + signal);
                return new Main(
                        Phase.ENDED,
                        id,
                        Json.instant(end.path("startedAt")),
                        Json.instant(end.path("finishedAt")),
                        code,
                        end.path("reason").asText("").equals("OOMKilled"),
                        end.path("reason").asText(""),
                        end.path("message").asText(""));
            }
            JsonNode waiting = state.path("waiting");
            if (!isOver(pod)) {
                return waiting(
                        waiting.path("reason").asText(""),
                        waiting.path("message").asText(""));
            }
        }
        if (isOver(pod)) {
            // Evicted or rejected by its node: there was a pod, and there is no container to tell of.
            return new Main(
                    Phase.ENDED,
                    "",
                    null,
                    null,
                    status.path("phase").asText("").equals("Succeeded") ? 0 : 137,
                    false,
                    status.path("reason").asText(""),
                    status.path("message").asText(""));
        }
        for (JsonNode condition : status.path("conditions")) {
            if (condition.path("type").asText("").equals("PodScheduled")
                    && condition.path("status").asText("").equals("False")) {
                return waiting(
                        condition.path("reason").asText(""),
                        condition.path("message").asText(""));
            }
        }
        return waiting("", "");
    }

    private static Main waiting(String reason, String message) {
        return new Main(Phase.WAITING, "", null, null, 0, false, reason, message);
    }

    private static boolean isOver(JsonNode pod) {
        String phase = pod.path("status").path("phase").asText("");
        return phase.equals("Failed") || phase.equals("Succeeded");
    }
}
