package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.NotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Which kinds of objects a cluster knows and where they are in its API, as it tells itself. */
final class Kinds {

    /** Where built-in kinds are; asked first, because words like {@code deployment} may be there in other groups too. */
    private static final List<String> COMMON = List.of("v1", "apps/v1", "batch/v1", "networking.k8s.io/v1");

    private final Api api;
    private final Map<String, List<Kind>> known = new ConcurrentHashMap<>();

    Kinds(Api api) {
        this.api = api;
    }

    /**
     * A kind.
     *
     * @param apiVersion its group and version, such as {@code apps/v1}
     * @param name its name in objects, such as {@code Deployment}
     * @param plural its name in paths, such as {@code deployments}
     * @param words all that people call it, in lower case
     * @param isNamespaced whether its objects are in namespaces
     */
    record Kind(String apiVersion, String name, String plural, List<String> words, boolean isNamespaced) {

        /** How targets name it. */
        String word() {
            return name.toLowerCase(Locale.ROOT);
        }

        String path(String namespace) {
            return prefix(apiVersion) + (isNamespaced ? "/namespaces/" + Paths.encode(namespace) : "") + "/" + plural;
        }

        String path(String namespace, String object) {
            return path(namespace) + "/" + Paths.encode(object);
        }
    }

    private static String prefix(String apiVersion) {
        return (apiVersion.contains("/") ? "/apis/" : "/api/") + apiVersion;
    }

    /**
     * The kind that people call by a word.
     *
     * @throws NotFoundException if the cluster knows none
     */
    Kind called(Operation operation, String word, Deadline deadline) {
        String wanted = word.toLowerCase(Locale.ROOT);
        for (String version : COMMON) {
            Kind kind = find(operation, version, wanted, deadline);
            if (kind != null) {
                return kind;
            }
        }
        for (JsonNode group : api.get(operation, "/apis", deadline).path("groups")) {
            String version = group.path("preferredVersion").path("groupVersion").asText("");
            Kind kind = version.isEmpty() ? null : find(operation, version, wanted, deadline);
            if (kind != null) {
                return kind;
            }
        }
        throw new NotFoundException(operation.failed("the cluster knows no kind '" + word
                + "'; name one of those that 'kubectl api-resources' lists, such as deployment"));
    }

    /** The kind an object says it is; null if the cluster does not know it, perhaps not yet. */
    @Nullable
    Kind of(Operation operation, String apiVersion, String name, Deadline deadline) {
        return all(operation, apiVersion, deadline).stream()
                .filter(kind -> kind.name().equals(name))
                .findFirst()
                .orElse(null);
    }

    private @Nullable Kind find(Operation operation, String version, String word, Deadline deadline) {
        return all(operation, version, deadline).stream()
                .filter(kind -> kind.words().contains(word))
                .findFirst()
                .orElse(null);
    }

    private List<Kind> all(Operation operation, String version, Deadline deadline) {
        List<Kind> kinds = known.get(version);
        if (kinds != null) {
            return kinds;
        }
        List<Kind> found = new ArrayList<>();
        try {
            for (JsonNode resource :
                    api.get(operation, prefix(version), deadline).path("resources")) {
                String plural = resource.path("name").asText("");
                if (!plural.contains("/")) {
                    found.add(kind(version, resource, plural));
                }
            }
        } catch (Refusal refusal) {
            // A group of an add-on that is not there now is no reason to fail for the others.
            if (refusal.status() != 404 && refusal.status() != 503 && refusal.status() != 403) {
                throw Faults.of(operation, refusal);
            }
            return List.of();
        }
        known.put(version, List.copyOf(found));
        return found;
    }

    private static Kind kind(String version, JsonNode resource, String plural) {
        String name = resource.path("kind").asText("");
        List<String> words = new ArrayList<>(List.of(plural, name.toLowerCase(Locale.ROOT)));
        words.add(resource.path("singularName").asText(""));
        resource.path("shortNames").forEach(each -> words.add(each.asText("")));
        words.removeIf(String::isEmpty);
        return new Kind(
                version,
                name,
                plural,
                List.copyOf(words),
                resource.path("namespaced").asBoolean(true));
    }
}
