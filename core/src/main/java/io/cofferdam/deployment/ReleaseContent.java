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
 * @param wanted the hash of the content of each service as it was given, before anything was resolved
 */
record ReleaseContent(Application application, @Nullable Map<String, Revision> known, Map<String, String> wanted) {

    static ReleaseContent unprepared(Application application) {
        Map<String, String> hashes = new HashMap<>();
        application.services().forEach(service -> hashes.put(service.name(), application.contentHash(service.name())));
        return new ReleaseContent(application, null, Map.copyOf(hashes));
    }

    /** The same release once its software is at hand. */
    ReleaseContent prepared(Prepared prepared) {
        return new ReleaseContent(prepared.application(), prepared.revisions(), wanted);
    }

    /** The same release with other numbers of instances. */
    ReleaseContent scaled(Application scaled) {
        return new ReleaseContent(scaled, known, wanted);
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
        Map<String, String> wanted = new HashMap<>();
        json.path("wanted")
                .properties()
                .forEach(one -> wanted.put(one.getKey(), one.getValue().asText()));
        return new ReleaseContent(application, Map.copyOf(revisions), Map.copyOf(wanted));
    }

    String write(SecretSeal seal) {
        ObjectNode json = StateJson.object();
        json.put("application", new ReleaseCodec(seal).encode(application));
        if (known != null) {
            ObjectNode revisions = json.putObject("revisions");
            new TreeMap<>(known).forEach((service, revision) -> revisions.put(service, revision.hash()));
            ObjectNode hashes = json.putObject("wanted");
            new TreeMap<>(wanted).forEach(hashes::put);
        }
        return StateJson.write(json);
    }

    /** What instances are started from; empty until it is prepared. */
    Optional<Prepared> prepared() {
        return known == null ? Optional.empty() : Optional.of(new Prepared(application, known));
    }
}
