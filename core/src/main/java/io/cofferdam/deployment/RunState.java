package io.cofferdam.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * What a deployment has decided so far: all that cannot be observed, and has to be known again after the end of a JVM.
 *
 * @param colour the set of networks that its new instances join
 * @param isPrepared whether its release is at hand and its revisions are known
 * @param isCancelled whether it was called off
 * @param isHeld whether somebody paused it
 * @param failure why it failed; empty if it has not
 * @param passed the pauses and checks that are over
 * @param pauses when each pause that is not over began
 */
record RunState(
        String colour,
        boolean isPrepared,
        boolean isCancelled,
        boolean isHeld,
        String failure,
        Set<String> passed,
        Map<String, Instant> pauses) {

    static final RunState NEW = new RunState("", false, false, false, "", Set.of(), Map.of());

    RunState {
        passed = Set.copyOf(passed);
        pauses = Map.copyOf(pauses);
    }

    static RunState read(String text) {
        if (text.isEmpty()) {
            return NEW;
        }
        JsonNode json = StateJson.read(text);
        Set<String> passed = new LinkedHashSet<>();
        json.path("passed").forEach(step -> passed.add(step.asText()));
        Map<String, Instant> pauses = new LinkedHashMap<>();
        json.path("pauses")
                .properties()
                .forEach(pause -> pauses.put(
                        pause.getKey(), Instant.parse(pause.getValue().asText())));
        return new RunState(
                json.path("colour").asText(),
                json.path("prepared").asBoolean(),
                json.path("cancelled").asBoolean(),
                json.path("held").asBoolean(),
                json.path("failure").asText(),
                passed,
                pauses);
    }

    String write() {
        ObjectNode json = StateJson.object();
        json.put("colour", colour);
        json.put("prepared", isPrepared);
        json.put("cancelled", isCancelled);
        json.put("held", isHeld);
        json.put("failure", failure);
        ArrayNode steps = json.putArray("passed");
        passed.stream().sorted().forEach(steps::add);
        ObjectNode begun = json.putObject("pauses");
        pauses.forEach((step, at) -> begun.put(step, at.toString()));
        return StateJson.write(json);
    }

    RunState prepared(String itsColour) {
        return new RunState(itsColour, true, isCancelled, isHeld, failure, passed, pauses);
    }

    RunState cancelled() {
        return new RunState(colour, isPrepared, true, false, failure, passed, Map.of());
    }

    RunState held(boolean held) {
        return new RunState(colour, isPrepared, isCancelled, held, failure, passed, pauses);
    }

    RunState failed(String why) {
        return new RunState(colour, isPrepared, isCancelled, isHeld, why, passed, Map.of());
    }

    RunState pausing(String step, Instant at) {
        Map<String, Instant> more = new LinkedHashMap<>(pauses);
        more.putIfAbsent(step, at);
        return new RunState(colour, isPrepared, isCancelled, isHeld, failure, passed, more);
    }

    RunState passing(String step) {
        Set<String> more = new LinkedHashSet<>(passed);
        more.add(step);
        Map<String, Instant> fewer = new LinkedHashMap<>(pauses);
        fewer.remove(step);
        return new RunState(colour, isPrepared, isCancelled, isHeld, failure, more, fewer);
    }
}
