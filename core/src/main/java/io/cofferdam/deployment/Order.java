package io.cofferdam.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What was asked for, as it is kept in a record.
 *
 * @param options how it is to be done
 * @param engine the engine it was asked of: no other one may carry it out
 * @param volumes whether a removal takes the volumes too
 */
record Order(DeployOptions options, String engine, boolean volumes) {

    static Order read(String text) {
        JsonNode json = StateJson.read(text);
        return new Order(
                OptionsCodec.decode(json.path("options").asText()),
                json.path("engine").asText(),
                json.path("volumes").asBoolean());
    }

    String write() {
        ObjectNode json = StateJson.object();
        json.put("options", OptionsCodec.encode(options));
        json.put("engine", engine);
        json.put("volumes", volumes);
        return StateJson.write(json);
    }
}
