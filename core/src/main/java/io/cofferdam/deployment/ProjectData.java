package io.cofferdam.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.workload.Revision;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the engine keeps of a project beyond its deployments.
 *
 * @param engine which engine its instances are on; empty if nothing was deployed yet
 * @param colour the set of networks its stable instances are in
 * @param weights for each service whose revisions have shares of the traffic, those shares
 */
record ProjectData(String engine, String colour, Map<String, Map<Revision, Integer>> weights) {

    static final ProjectData NEW = new ProjectData("", "", Map.of());

    ProjectData {
        weights = Map.copyOf(weights);
    }

    static ProjectData read(String text) {
        if (text.isEmpty()) {
            return NEW;
        }
        JsonNode json = StateJson.read(text);
        Map<String, Map<Revision, Integer>> weights = new HashMap<>();
        json.path("weights").properties().forEach(service -> {
            Map<Revision, Integer> shares = new HashMap<>();
            service.getValue()
                    .properties()
                    .forEach(share -> shares.put(
                            new Revision(service.getKey(), share.getKey()),
                            share.getValue().asInt()));
            weights.put(service.getKey(), Map.copyOf(shares));
        });
        return new ProjectData(json.path("engine").asText(), json.path("colour").asText(), weights);
    }

    String write() {
        ObjectNode json = StateJson.object();
        json.put("engine", engine);
        json.put("colour", colour);
        ObjectNode all = json.putObject("weights");
        new TreeMap<>(weights).forEach((service, shares) -> {
            ObjectNode one = all.putObject(service);
            shares.forEach((revision, share) -> one.put(revision.hash(), share));
        });
        return StateJson.write(json);
    }

    ProjectData on(String itsEngine) {
        return new ProjectData(itsEngine, colour, weights);
    }

    ProjectData coloured(String value) {
        return new ProjectData(engine, value, weights);
    }

    /** The same with other shares; services without any share are left to all of their instances alike. */
    ProjectData shifted(Map<String, Map<Revision, Integer>> changed) {
        Map<String, Map<Revision, Integer>> merged = new HashMap<>(weights);
        changed.forEach((service, shares) -> {
            if (shares.isEmpty()) {
                merged.remove(service);
            } else {
                merged.put(service, shares);
            }
        });
        return new ProjectData(engine, colour, merged);
    }
}
