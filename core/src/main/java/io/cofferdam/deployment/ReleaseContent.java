package io.cofferdam.deployment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.application.Application;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A release as it is kept.
 *
 * @param application the application, as it was given or, once it is prepared, with everything in it resolved
 * @param known the revisions of its services once it is prepared, or null
 */
record ReleaseContent(Application application, @Nullable Map<String, Revision> known) {

    static ReleaseContent unprepared(Application application) {
        return new ReleaseContent(application, null);
    }

    static ReleaseContent of(Prepared prepared) {
        return new ReleaseContent(prepared.application(), prepared.revisions());
    }

    static ReleaseContent read(String text, SecretSeal seal) {
        JsonNode json = StateJson.read(text);
        Application application =
                new ReleaseCodec(seal).decode(json.path("application").asText());
        if (!json.has("revisions")) {
            return unprepared(application);
        }
        Map<String, Revision> revisions = new HashMap<>();
        json.path("revisions")
                .properties()
                .forEach(one -> revisions.put(
                        one.getKey(), new Revision(one.getKey(), one.getValue().asText())));
        return new ReleaseContent(application, Map.copyOf(revisions));
    }

    String write(SecretSeal seal) {
        ObjectNode json = StateJson.object();
        json.put("application", new ReleaseCodec(seal).encode(application));
        if (known != null) {
            ObjectNode revisions = json.putObject("revisions");
            new TreeMap<>(known).forEach((service, revision) -> revisions.put(service, revision.hash()));
        }
        return StateJson.write(json);
    }

    /** What instances are started from; empty until it is prepared. */
    Optional<Prepared> prepared() {
        return known == null ? Optional.empty() : Optional.of(new Prepared(application, known));
    }
}
