package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Whether an object is as somebody waits for it.
 *
 * @param isMet whether it is
 * @param never why it cannot become so any more; empty while it can
 * @param state how far it is, for people
 */
record Awaited(boolean isMet, String never, String state) {

    static final String DELETED = "deleted";

    private static Awaited met() {
        return new Awaited(true, "", "");
    }

    private static Awaited notYet(String state) {
        return new Awaited(false, "", state);
    }

    private static Awaited never(String why) {
        return new Awaited(false, why, why);
    }

    static Awaited of(String kind, @Nullable JsonNode object, String condition) {
        String wanted = condition.toLowerCase(Locale.ROOT);
        if (wanted.equals(DELETED)) {
            return object == null ? met() : notYet("it is there still");
        }
        if (object == null) {
            return never("it is not there");
        }
        JsonNode status = object.path("status");
        long generation = object.path("metadata").path("generation").asLong(0);
        if (status.path("observedGeneration").asLong(generation) < generation) {
            return notYet("the cluster has not taken notice of its last change yet");
        }
        boolean isRollout = wanted.equals("available") || wanted.equals("ready");
        if (isRollout) {
            switch (kind) {
                case "deployment" -> {
                    return deployment(object, status);
                }
                case "statefulset", "replicaset" -> {
                    return replicas(object, status);
                }
                case "daemonset" -> {
                    return daemons(status);
                }
                default -> {
                    // Its own conditions tell.
                }
            }
        }
        String phase = status.path("phase").asText("");
        if (kind.equals("pod") && isRollout && (phase.equals("Failed") || phase.equals("Succeeded"))) {
            return never("it has ended (" + phase + ")");
        }
        if (kind.equals("job") && !wanted.equals("failed")) {
            JsonNode failed = condition(status, "failed");
            if (isTrue(failed)) {
                return never("the job failed: " + words(failed));
            }
        }
        JsonNode own = condition(status, wanted);
        if (own == null) {
            List<String> types = new ArrayList<>();
            status.path("conditions")
                    .forEach(each -> types.add(each.path("type").asText("")));
            return notYet(
                    types.isEmpty()
                            ? "it has no conditions"
                            : "it has no condition '" + condition + "', only " + String.join(", ", types));
        }
        return isTrue(own) ? met() : notYet(words(own));
    }

    private static Awaited deployment(JsonNode object, JsonNode status) {
        int wanted = object.path("spec").path("replicas").asInt(1);
        int all = status.path("replicas").asInt(0);
        int updated = status.path("updatedReplicas").asInt(0);
        int available = status.path("availableReplicas").asInt(0);
        if (updated >= wanted && all <= updated && available >= wanted) {
            return met();
        }
        JsonNode progressing = condition(status, "progressing");
        if (progressing != null && progressing.path("reason").asText("").equals("ProgressDeadlineExceeded")) {
            return never("the cluster has given its rollout up: " + words(progressing));
        }
        JsonNode failure = condition(status, "replicafailure");
        String why = isTrue(failure) ? "; " + words(failure) : "";
        return notYet(updated + " of " + wanted + " pods are new and " + available + " available"
                + (all > updated ? ", " + (all - updated) + " old ones are there still" : "") + why);
    }

    private static Awaited replicas(JsonNode object, JsonNode status) {
        int wanted = object.path("spec").path("replicas").asInt(1);
        int ready = status.path("readyReplicas").asInt(0);
        String current = status.path("currentRevision").asText("");
        String update = status.path("updateRevision").asText(current);
        boolean isNew = current.equals(update) || status.path("updatedReplicas").asInt(0) >= wanted;
        return ready >= wanted && isNew ? met() : notYet(ready + " of " + wanted + " pods are ready");
    }

    private static Awaited daemons(JsonNode status) {
        int wanted = status.path("desiredNumberScheduled").asInt(0);
        int updated = status.path("updatedNumberScheduled").asInt(0);
        int available = status.path("numberAvailable").asInt(0);
        return updated >= wanted && available >= wanted
                ? met()
                : notYet(updated + " of " + wanted + " pods are new and " + available + " available");
    }

    private static @Nullable JsonNode condition(JsonNode status, String type) {
        for (JsonNode each : status.path("conditions")) {
            if (each.path("type").asText("").equalsIgnoreCase(type)) {
                return each;
            }
        }
        return null;
    }

    private static boolean isTrue(@Nullable JsonNode condition) {
        return condition != null && condition.path("status").asText("").equals("True");
    }

    private static String words(@Nullable JsonNode condition) {
        if (condition == null) {
            return "";
        }
        String message = condition.path("message").asText("");
        String reason = condition.path("reason").asText("");
        return message.isEmpty()
                ? condition.path("type").asText("") + " is "
                        + condition.path("status").asText("") + (reason.isEmpty() ? "" : " (" + reason + ")")
                : message;
    }
}
