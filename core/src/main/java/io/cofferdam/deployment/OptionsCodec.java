package io.cofferdam.deployment;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.error.StorageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The written form of options in the record of a deployment: everything of them, exactly. */
final class OptionsCodec {

    private static final ObjectMapper JSON = new ObjectMapper();

    private OptionsCodec() {}

    static String encode(DeployOptions options) {
        ObjectNode node = JSON.createObjectNode();
        node.set("strategy", strategy(options.strategy()));
        return node.put("onFailure", options.onFailure().name())
                .put("progressDeadline", options.progressDeadline().toString())
                .put("minReady", options.minReady().toString())
                .put("drain", options.drain().toString())
                .put("parallelism", options.parallelism())
                .put("user", options.user())
                .put("tenant", options.tenant())
                .toString();
    }

    /**
     * Reads options back.
     *
     * @param text what {@link #encode} wrote, or what a later version of it wrote: unknown fields are passed over
     * @throws StorageException if it is damaged
     */
    static DeployOptions decode(String text) {
        try {
            JsonNode node = JSON.readTree(text);
            return new DeployOptions(
                    strategy(node.path("strategy")),
                    FailureAction.valueOf(TreeForms.text(node, "onFailure")),
                    duration(node, "progressDeadline"),
                    duration(node, "minReady"),
                    duration(node, "drain"),
                    node.path("parallelism").asInt(),
                    TreeForms.text(node, "user"),
                    TreeForms.text(node, "tenant"));
        } catch (JsonProcessingException | RuntimeException broken) {
            throw new StorageException(
                    "could not read the options of a deployment from the store: their text is damaged, or was changed by somebody "
                            + "else; deploy anew",
                    broken);
        }
    }

    private static ObjectNode strategy(StrategySettings settings) {
        ObjectNode node = JSON.createObjectNode().put("name", settings.name());
        node.set("maxSurge", amount(settings.rolling().maxSurge()));
        node.set("maxUnavailable", amount(settings.rolling().maxUnavailable()));
        node.put("keep", settings.keep().toString());
        ArrayNode steps = node.putArray("steps");
        for (CanaryStep step : settings.steps()) {
            ObjectNode one = steps.addObject().put("weight", step.weight());
            step.time().ifPresent(pause -> one.put("pause", pause.toString()));
        }
        return node;
    }

    private static StrategySettings strategy(JsonNode node) {
        List<CanaryStep> steps = new ArrayList<>();
        for (JsonNode step : node.path("steps")) {
            steps.add(new CanaryStep(step.path("weight").asInt(), step.has("pause") ? duration(step, "pause") : null));
        }
        return new StrategySettings(
                TreeForms.text(node, "name"),
                new RollingSettings(amount(node.path("maxSurge")), amount(node.path("maxUnavailable"))),
                duration(node, "keep"),
                steps);
    }

    private static ObjectNode amount(Amount amount) {
        return JSON.createObjectNode().put("value", amount.value()).put("percent", amount.isPercent());
    }

    private static Amount amount(JsonNode node) {
        return new Amount(node.path("value").asInt(), node.path("percent").asBoolean());
    }

    private static Duration duration(JsonNode node, String field) {
        return Duration.parse(TreeForms.text(node, field));
    }
}
