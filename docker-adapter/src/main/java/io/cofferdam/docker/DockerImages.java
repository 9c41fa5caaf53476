package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageManifest;
import io.cofferdam.resource.ImagePrune;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.Images;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RemovedImages;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The engine's images. */
final class DockerImages implements Images {

    private final EngineHttp http;
    private final EngineConfig config;
    private final ImageTransfer transfer;
    private final ImageBuild build;

    DockerImages(
            EngineHttp http, EngineConfig config, Surroundings around, Threads threads, Capabilities capabilities) {
        this.http = http;
        this.config = config;
        RegistryLogins logins = new RegistryLogins(config, around, new CredentialProgram(around, threads));
        this.transfer = new ImageTransfer(http, logins, Sleeper.system());
        this.build = new ImageBuild(http, logins, capabilities);
    }

    @Override
    public Optional<Image> find(String reference) {
        return find(on("find", "finding", reference), ImageName.checked(reference), callDeadline());
    }

    private Optional<Image> find(Operation operation, String reference, Deadline deadline) {
        try {
            JsonNode image =
                    http.json(operation, HttpRequest.get("/images/" + Query.segments(reference) + "/json"), deadline);
            return Optional.of(ImageFacts.image(image));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw refusal.status() == 400 ? ImageName.invalid(reference, refusal.reason()) : refusal;
        }
    }

    @Override
    public Image pull(PullSpec spec) {
        Operation operation = on("pull", "pulling", spec.reference());
        Deadline deadline = Deadline.in(config.pullTimeout());
        ImageName name = ImageName.parse(spec.reference()).orLatest();
        transfer.pull(operation, spec, name, deadline);
        // The engine answers 200 before it begins, and its last line is no proof.
        Image image = find(operation, name.toString(), deadline)
                .orElseThrow(() -> new ImageNotFoundException(
                        operation.failed("the engine said that it has it now, but does not")));
        spec.platform().ifPresent(platform -> insistOn(operation, platform, image));
        return name.isDigest() ? image : remember(operation, name, image, deadline);
    }

    /** What there is only for one platform is pulled whatever platform was asked for. */
    private static void insistOn(Operation operation, String platform, Image image) {
        String[] asked = platform.split("/", -1);
        boolean fits = asked.length > 1
                ? image.operatingSystem().equals(asked[0])
                        && image.architecture().equals(asked[1])
                : image.architecture().equals(platform)
                        || image.operatingSystem().equals(platform);
        if (!fits) {
            throw new ImageNotFoundException(operation.failed("the registry does not have it for " + platform
                    + ", but only for " + image.operatingSystem() + "/" + image.architecture()));
        }
    }

    /** Engines remember when an image was tagged, but not when it was pulled: giving it its own name writes that down. */
    private Image remember(Operation operation, ImageName name, Image image, Deadline deadline) {
        try {
            http.run(operation, tagging(image.id(), name), deadline);
            return find(operation, name.toString(), deadline).orElse(image);
        } catch (Refusal refused) {
            return image; // its age stays unknown, so it counts as old
        }
    }

    private static HttpRequest tagging(String reference, ImageName name) {
        return HttpRequest.post("/images/" + Query.segments(reference) + "/tag?repo=" + Query.encode(name.repository())
                        + "&tag=" + Query.encode(name.tag()))
                .asRepeatable();
    }

    @Override
    public ImageManifest manifest(String reference) {
        ImageName name = ImageName.parse(reference).orLatest();
        return transfer.manifest(on("look up", "looking up", reference), name, callDeadline());
    }

    @Override
    public Image build(BuildSpec spec) {
        String named =
                spec.tags().isEmpty() ? "without a name" : "'" + spec.tags().get(0) + "'";
        Operation operation = Operation.of("build", "building", "image " + named);
        Deadline deadline = Deadline.in(config.buildTimeout());
        String id = build.build(operation, spec, deadline);
        return find(operation, id, deadline)
                .orElseThrow(() ->
                        new EngineException(operation.failed("the engine said that it has it now, but does not")));
    }

    @Override
    public Image tag(String reference, String name) {
        Operation operation = on("tag", "tagging", reference);
        Deadline deadline = callDeadline();
        ImageName target = ImageName.parse(name).orLatest();
        if (target.isDigest()) {
            throw ImageName.invalid(name, "a tag cannot be a digest");
        }
        try {
            http.run(operation, tagging(ImageName.checked(reference), target), deadline);
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                throw new ImageNotFoundException(operation.failed("the engine does not have it"), refusal);
            }
            throw refusal.status() == 400 || refusal.reason().contains("invalid reference")
                    ? ImageName.invalid(name, refusal.reason())
                    : refusal;
        }
        return find(operation, target.toString(), deadline)
                .orElseThrow(() -> new ImageNotFoundException(operation.failed("it was removed meanwhile")));
    }

    @Override
    public PushedImage push(PushSpec spec) {
        Operation operation = on("push", "pushing", spec.reference());
        ImageName name = ImageName.parse(spec.reference()).orLatest();
        if (name.isDigest()) {
            throw ImageName.invalid(spec.reference(), "an image is pushed by its tag, not by its digest");
        }
        return transfer.push(operation, spec, name, Deadline.in(config.pullTimeout()));
    }

    @Override
    public List<Image> list(ImageQuery query) {
        Operation operation = Operation.of("list", "listing", "images");
        Deadline deadline = callDeadline();
        Map<String, Collection<String>> filters = new LinkedHashMap<>();
        filters.put("dangling", List.of(String.valueOf(query.isDangling())));
        query.reference().ifPresent(pattern -> filters.put("reference", List.of(pattern)));
        labels(query.labels(), filters);
        Map<String, Image> images = new LinkedHashMap<>();
        HttpRequest request = HttpRequest.get("/images/json?filters=" + Json.filters(filters));
        for (JsonNode listed : http.json(operation, request, deadline)) {
            String id = listed.path("Id").asText("");
            boolean tagged = !listed.path("RepoTags").path(0).asText("<none>").contains("<none>");
            // The list does not tell which processor an image is for; one removed meanwhile is none.
            if (tagged != query.isDangling() && !images.containsKey(id)) {
                find(operation, id, deadline).ifPresent(image -> images.put(id, image));
            }
        }
        List<Image> sorted = new ArrayList<>(images.values());
        sorted.sort(Comparator.comparing(Image::created).reversed());
        return sorted;
    }

    private static void labels(LabelSelector selector, Map<String, Collection<String>> filters) {
        if (!selector.required().isEmpty()) {
            filters.put("label", LabelFilter.of(selector));
        }
    }

    @Override
    public RemovedImages remove(String reference, boolean force) {
        Operation operation = on("remove", "removing", reference);
        String path = "/images/" + Query.segments(ImageName.checked(reference)) + (force ? "?force=1" : "");
        try {
            return removed(http.json(operation, HttpRequest.delete(path), callDeadline()), 0);
        } catch (Refusal refusal) {
            if (refusal.status() == 409) {
                throw new WrongStateException(
                        operation.failed("a container uses it, or another name does (" + refusal.reason() + ")"),
                        refusal);
            }
            if (refusal.status() != 404) {
                throw refusal;
            }
            return new RemovedImages(List.of(), List.of(), 0);
        }
    }

    @Override
    public RemovedImages prune(ImagePrune prune) {
        Operation operation = Operation.of("remove", "removing", "unused images");
        Map<String, Collection<String>> filters = new LinkedHashMap<>();
        filters.put("dangling", List.of(String.valueOf(!prune.includesNamed())));
        prune.olderThan().ifPresent(age -> filters.put("until", List.of(age.toSeconds() + "s")));
        labels(prune.labels(), filters);
        HttpRequest request = HttpRequest.post("/images/prune?filters=" + Json.filters(filters))
                .asRepeatable();
        JsonNode pruned = http.json(operation, request, callDeadline());
        return removed(
                pruned.path("ImagesDeleted"), pruned.path("SpaceReclaimed").asLong(0));
    }

    private static RemovedImages removed(JsonNode entries, long bytes) {
        List<String> untagged = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        for (JsonNode entry : entries) {
            String name = entry.path("Untagged").asText("");
            String id = entry.path("Deleted").asText("");
            (name.isEmpty() ? deleted : untagged).add(name.isEmpty() ? id : name);
        }
        return new RemovedImages(untagged, deleted, bytes);
    }

    private static Operation on(String verb, String gerund, String reference) {
        return Operation.of(verb, gerund, "image '" + reference + "'");
    }

    private Deadline callDeadline() {
        return Deadline.in(config.callTimeout());
    }
}
