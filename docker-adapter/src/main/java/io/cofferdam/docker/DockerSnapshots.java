package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.FileSink;
import io.cofferdam.driver.FileSource;
import io.cofferdam.driver.SavedSnapshot;
import io.cofferdam.driver.SnapshotRequest;
import io.cofferdam.driver.SnapshotStore;
import io.cofferdam.driver.Temporary;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Snapshots of containers. A snapshot is an image {@code cofferdam/snapshot:NAME} with our labels, which shares all layers
 * but its own with the image of the container, and volumes with the contents of the container's. Everything is made before
 * the image gets its name, so a name stands for a whole snapshot; what has none is swept.
 */
final class DockerSnapshots implements SnapshotStore {

    private static final String REPOSITORY = "cofferdam/snapshot";

    /** Where the image of a snapshot goes that was removed while a container is made from it. */
    private static final String RELEASED = "cofferdam/released";

    /** The name that a snapshot is being made for, on a volume whose labels tell who was first. */
    private static final String CLAIM = Labels.PREFIX + "snapshot.claim";

    /** Ties the volumes of a snapshot to its image. */
    private static final String TOKEN = Labels.PREFIX + "snapshot.token";

    /** The volumes of a snapshot, as JSON. */
    private static final String VOLUMES = Labels.PREFIX + "snapshot.volumes";

    /** The image that the first of a line of snapshots was laid over. */
    static final String BASE = Labels.PREFIX + "snapshot.base";

    private static final String BASE_SIZE = Labels.PREFIX + "snapshot.base-size";
    private static final String VOLUME_SIZE = Labels.PREFIX + "snapshot.volume-size";
    private static final String CREATED = Labels.PREFIX + "snapshot.created";

    /** The container that is frozen while it is saved; whoever finds it without its JVM lets it go on. */
    private static final String FROZEN = Labels.PREFIX + "snapshot.frozen";

    private final EngineHttp http;
    private final Containers containers;
    private final DockerVolumes named;
    private final Origins origins;
    private final SnapshotVolumes volumes;
    private final SnapshotFiles files;

    DockerSnapshots(EngineHttp http, Containers containers, DockerVolumes named, Origins origins) {
        this.http = http;
        this.containers = containers;
        this.named = named;
        this.origins = origins;
        this.volumes = new SnapshotVolumes(http);
        this.files = new SnapshotFiles(http, volumes);
    }

    /** A volume in a snapshot: what it is called by users and by the engine. */
    private record Kept(SavedSnapshot.SavedVolume saved, String engineName) {}

    @Override
    public SavedSnapshot save(String unit, SnapshotRequest request, Deadline deadline) {
        Operation operation = Operation.of("make", "making", "snapshot '" + request.name() + "'");
        JsonNode container = containers.inspection(operation, unit, deadline);
        Map<String, String> mounted = SnapshotVolumes.mounted(container);
        boolean pauses = !mounted.isEmpty()
                && container.path("State").path("Status").asText("").equals("running");
        Map<String, String> frozen =
                pauses ? Map.of(FROZEN, container.path("Id").asText("")) : Map.of();
        return make(operation, request, frozen, deadline, token -> {
            if (pauses) {
                containers.pause(unit, deadline);
            }
            try {
                List<Kept> kept = new ArrayList<>();
                Map<String, String> pairs = new LinkedHashMap<>();
                mounted.forEach((target, engineName) -> {
                    String copy = snapshotVolume(operation, request, token, kept.size(), deadline);
                    kept.add(new Kept(new SavedSnapshot.SavedVolume(name(request, target), target), copy));
                    pairs.put(engineName, copy);
                });
                String image = container.path("Image").asText("");
                long size = volumes.copy(operation, image, pairs, deadline);
                return commit(operation, container, request, token, kept, size, deadline);
            } finally {
                if (pauses) {
                    letGoOn(unit);
                }
            }
        });
    }

    private static String name(SnapshotRequest request, String target) {
        return request.volumes().stream()
                .filter(volume -> volume.target().equals(target))
                .findFirst()
                .map(SavedSnapshot.SavedVolume::volume)
                .orElse("");
    }

    private void letGoOn(String unit) {
        boolean interrupted = Thread.interrupted();
        try {
            containers.resume(unit, Deadline.in(SnapshotVolumes.TIDYING));
        } catch (io.cofferdam.error.WrongStateException | NotFoundException goneMeanwhile) {
            // Somebody else let it go on, stopped or removed it.
            return;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String snapshotVolume(
            Operation operation, SnapshotRequest request, String token, int number, Deadline deadline) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(TOKEN, token);
        for (String session : List.of(Labels.OWNER, Labels.LIFETIME)) {
            Optional.ofNullable(request.labels().get(session)).ifPresent(value -> labels.put(session, value));
        }
        return volumes.make(operation, volumeName(token, number), labels, deadline);
    }

    private static String volumeName(String token, int number) {
        return "cofferdam-snapshot-" + token + "-" + number;
    }

    /** What makes the image of a snapshot, without its name; the token ties to it what belongs to it. */
    @FunctionalInterface
    private interface Making {
        String image(String token);
    }

    private SavedSnapshot make(
            Operation operation, SnapshotRequest request, Map<String, String> marks, Deadline deadline, Making making) {
        String token = UUID.randomUUID().toString();
        String claim = claim(operation, request.name(), token, marks, deadline);
        String image = null;
        try {
            if (find(request.name(), deadline).isPresent()) {
                throw taken(operation);
            }
            image = making.image(token);
            http.run(
                    operation,
                    HttpRequest.post("/images/" + Query.segment(image) + "/tag?repo=" + Query.encode(REPOSITORY)
                                    + "&tag=" + Query.encode(request.name()))
                            .asRepeatable(),
                    deadline);
            return find(request.name(), deadline)
                    .orElseThrow(() -> new NotFoundException(
                            operation.failed("somebody removed it at the moment it was made; make it again")));
        } catch (RuntimeException failed) {
            abandon(operation, request.name(), token, image);
            throw failed instanceof Refusal refusal ? SnapshotVolumes.storage(operation, refusal) : failed;
        } finally {
            volumes.forget(operation, claim);
        }
    }

    private void abandon(Operation operation, String name, String token, @Nullable String image) {
        if (image != null) {
            volumes.tidy(operation, HttpRequest.delete("/images/" + Query.segments(REPOSITORY + ":" + name)));
            volumes.tidy(operation, HttpRequest.delete("/images/" + Query.segment(image)));
        }
        boolean interrupted = Thread.interrupted();
        try {
            Deadline deadline = Deadline.in(SnapshotVolumes.TIDYING);
            for (JsonNode volume : listVolumes(operation, TOKEN + "=" + token, deadline)) {
                volumes.forget(operation, volume.path("Name").asText(""));
            }
        } catch (CofferdamException unreachable) {
            // The engine does not answer any more; the next sweep finds them.
            return;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Takes a name, against other JVMs too: the engine gives whoever asks for a volume the one that is there. */
    private String claim(Operation operation, String name, String token, Map<String, String> marks, Deadline deadline) {
        String volume = "cofferdam-snapshot-claim-" + name;
        ObjectNode body = Json.object().put("Name", volume);
        ObjectNode labels = body.putObject("Labels").put(CLAIM, token);
        Temporary.labels().forEach(labels::put);
        marks.forEach(labels::put);
        JsonNode made =
                http.json(operation, HttpRequest.post("/volumes/create", body).asRepeatable(), deadline);
        if (!made.path("Labels").path(CLAIM).asText("").equals(token)) {
            throw taken(operation);
        }
        return volume;
    }

    private static NameTakenException taken(Operation operation) {
        return new NameTakenException(operation.failed(
                "there is one of that name already, or is being made; remove it or choose another name"));
    }

    /** Makes the image of a container's files; tells its identifier. */
    private String commit(
            Operation operation,
            JsonNode container,
            SnapshotRequest request,
            String token,
            List<Kept> kept,
            long volumeSize,
            Deadline deadline) {
        JsonNode own = container.path("Config").path("Labels");
        String base = own.path(BASE).asText("");
        if (base.isEmpty()) {
            base = container.path("Image").asText("");
        }
        ObjectNode body = Json.object();
        ObjectNode labels = body.putObject("Labels");
        // An image inherits the labels of its container, and containers those of their image; none of ours may be.
        own.fieldNames().forEachRemaining(label -> {
            if (label.startsWith(Labels.PREFIX)) {
                labels.put(label, "");
            }
        });
        request.labels().forEach(labels::put);
        labels.put(TOKEN, token);
        labels.put(BASE, base);
        labels.put(BASE_SIZE, Long.toString(imageSize(operation, base, deadline)));
        labels.put(VOLUME_SIZE, Long.toString(volumeSize));
        labels.put(CREATED, Instant.now().toString());
        ArrayNode list = Json.object().putArray("volumes");
        kept.forEach(volume -> list.addObject()
                .put("volume", volume.saved().volume())
                .put("target", volume.saved().target())
                .put("kept", volume.engineName()));
        labels.put(VOLUMES, list.toString());
        ArrayNode env = body.putArray("Env");
        request.spec().secretNames().forEach(secret -> env.add(secret + "="));
        if (env.isEmpty()) {
            body.remove("Env");
        }
        boolean pause =
                kept.isEmpty() && !container.path("State").path("Paused").asBoolean(false);
        HttpRequest commit = HttpRequest.post(
                "/commit?container=" + Query.encode(container.path("Id").asText("")) + "&pause=" + (pause ? 1 : 0),
                body);
        try {
            // It takes as long as there is to write, so this is no call among others that wait for a connection.
            return http.stream(operation, commit, deadline, (reply, connection) -> Json.read(reply.body()))
                    .path("Id")
                    .asText("");
        } catch (Refusal refusal) {
            throw refusal.status() == 404 || refusal.status() == 409
                    ? Faults.container(operation, refusal)
                    : SnapshotVolumes.storage(operation, refusal);
        }
    }

    private long imageSize(Operation operation, String image, Deadline deadline) {
        try {
            return http.json(operation, HttpRequest.get("/images/" + Query.segment(image) + "/json"), deadline)
                    .path("Size")
                    .asLong(0);
        } catch (Refusal gone) {
            return 0; // The figure says then how much there is with it.
        }
    }

    @Override
    public Optional<SavedSnapshot> find(String name, Deadline deadline) {
        Operation operation = Operation.of("find", "finding", "snapshot '" + name + "'");
        if (!name.matches("[a-z0-9-]{1,63}")) {
            return Optional.empty();
        }
        return inspect(operation, Query.segments(REPOSITORY + ":" + name), deadline)
                .filter(image -> label(image, Labels.SNAPSHOT).equals(name))
                .map(DockerSnapshots::saved);
    }

    private Optional<JsonNode> inspect(Operation operation, String path, Deadline deadline) {
        try {
            return Optional.of(http.json(operation, HttpRequest.get("/images/" + path + "/json"), deadline));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw refusal;
        }
    }

    private static JsonNode labels(JsonNode image) {
        // An inspection has them in the configuration, a list has not.
        return image.has("Config") ? image.path("Config").path("Labels") : image.path("Labels");
    }

    private static String label(JsonNode image, String label) {
        return labels(image).path(label).asText("");
    }

    private static long number(JsonNode image, String label) {
        String text = label(image, label);
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private static SavedSnapshot saved(JsonNode image) {
        Map<String, String> own = new LinkedHashMap<>();
        Json.strings(labels(image)).forEach((label, value) -> {
            if (label.startsWith(Labels.PREFIX) && !value.isEmpty()) {
                own.put(label, value);
            }
        });
        Instant created = Json.instant(labels(image).path(CREATED));
        return new SavedSnapshot(
                label(image, Labels.SNAPSHOT),
                image.path("Id").asText(""),
                created == null ? Instant.EPOCH : created,
                Math.max(0, image.path("Size").asLong(0) - number(image, BASE_SIZE)) + number(image, VOLUME_SIZE),
                kept(image).stream().map(Kept::saved).toList(),
                own);
    }

    private static List<Kept> kept(JsonNode image) {
        List<Kept> kept = new ArrayList<>();
        try {
            String text = label(image, VOLUMES);
            for (JsonNode volume : Json.read((text.isEmpty() ? "[]" : text).getBytes(StandardCharsets.UTF_8))) {
                kept.add(new Kept(
                        new SavedSnapshot.SavedVolume(
                                volume.path("volume").asText(""),
                                volume.path("target").asText("")),
                        volume.path("kept").asText("")));
            }
        } catch (IOException changed) {
            return List.of(); // Not by us: labels of images cannot be changed.
        }
        return kept;
    }

    @Override
    public List<SavedSnapshot> list(Deadline deadline) {
        Operation operation = Operation.of("list", "listing", "snapshots");
        List<SavedSnapshot> all = new ArrayList<>();
        for (JsonNode image : listImages(operation, deadline)) {
            if (isNamed(image)) {
                all.add(saved(image));
            }
        }
        return all;
    }

    /** Whether it has the name of the snapshot that it is. */
    private static boolean isNamed(JsonNode image) {
        String wanted = REPOSITORY + ":" + label(image, Labels.SNAPSHOT);
        for (JsonNode tag : image.path("RepoTags")) {
            if (tag.asText("").equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private JsonNode listImages(Operation operation, Deadline deadline) {
        Map<String, Collection<String>> filters = Map.of("label", List.of(TOKEN));
        return http.json(operation, HttpRequest.get("/images/json?filters=" + Json.filters(filters)), deadline);
    }

    private JsonNode listVolumes(Operation operation, String label, Deadline deadline) {
        Map<String, Collection<String>> filters = Map.of("label", List.of(label));
        return http.json(operation, HttpRequest.get("/volumes?filters=" + Json.filters(filters)), deadline)
                .path("Volumes");
    }

    @Override
    public void remove(String name, Deadline deadline) {
        Operation operation = Operation.of("remove", "removing", "snapshot '" + name + "'");
        Optional<SavedSnapshot> saved = find(name, deadline);
        if (saved.isPresent()) {
            release(operation, saved.get().id(), REPOSITORY + ":" + name, deadline);
        }
        sweep(operation, deadline);
    }

    private void release(Operation operation, String image, String reference, Deadline deadline) {
        try {
            http.run(operation, HttpRequest.delete("/images/" + Query.segments(reference)), deadline);
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return;
            }
            if (refusal.status() != 409) {
                throw refusal;
            }
            // A container is made from it; the image goes with that.
            http.run(
                    operation,
                    HttpRequest.post("/images/" + Query.segment(image) + "/tag?repo=" + Query.encode(RELEASED) + "&tag="
                            + releasedTag(image)),
                    deadline);
            http.run(operation, HttpRequest.delete("/images/" + Query.segments(reference)), deadline);
        }
    }

    private static String releasedTag(String image) {
        return image.substring(image.indexOf(':') + 1);
    }

    /** A container is gone: so is the image it was made from, if its snapshot has been removed and nothing else uses it. */
    void containerRemoved(String id) {
        origins.take(id).ifPresent(image -> {
            Operation operation = Operation.of("remove", "removing", "the image of a removed snapshot");
            volumes.tidy(
                    operation, HttpRequest.delete("/images/" + Query.segments(RELEASED + ":" + releasedTag(image))));
        });
    }

    /** Removes what killed JVMs left half-made, and images of removed snapshots that nothing uses any more. */
    private void sweep(Operation operation, Deadline deadline) {
        Set<String> claimed = new HashSet<>();
        listVolumes(operation, CLAIM, deadline)
                .forEach(claim -> claimed.add(claim.path("Labels").path(CLAIM).asText("")));
        Set<String> living = new HashSet<>(claimed);
        for (JsonNode image : listImages(operation, deadline)) {
            String token = label(image, TOKEN);
            if (isNamed(image)) {
                living.add(token);
            } else if (!claimed.contains(token)) {
                String reference = RELEASED + ":" + releasedTag(image.path("Id").asText(""));
                boolean released = false;
                for (JsonNode tag : image.path("RepoTags")) {
                    released |= tag.asText("").equals(reference);
                }
                String path = released
                        ? Query.segments(reference)
                        : Query.segment(image.path("Id").asText(""));
                volumes.tidy(operation, HttpRequest.delete("/images/" + path));
            }
        }
        for (JsonNode volume : listVolumes(operation, TOKEN, deadline)) {
            if (!living.contains(volume.path("Labels").path(TOKEN).asText(""))) {
                volumes.forget(operation, volume.path("Name").asText(""));
            }
        }
    }

    private JsonNode image(Operation operation, String id, Deadline deadline) {
        return inspect(operation, Query.segment(id), deadline)
                .filter(DockerSnapshots::isNamed)
                .orElseThrow(() -> gone(operation));
    }

    private static NotFoundException gone(Operation operation) {
        return new NotFoundException(operation.failed("the snapshot is not there any more: it was removed"));
    }

    /** Makes a container that begins as a snapshot. */
    String create(CreateRequest request, CreateRequest.Origin origin, Deadline deadline) {
        Operation operation = Operation.of("create", "creating", "'" + request.name() + "' from a snapshot");
        JsonNode image = image(operation, origin.snapshot(), deadline);
        List<Kept> kept = kept(image);
        EnvironmentSpec spec = request.spec();
        List<String> filled = new ArrayList<>();
        if (origin.fillsVolumes()) {
            for (Mount mount : spec.mounts()) {
                if (mount instanceof Mount.Volume volume && isKept(kept, volume.target())) {
                    filled.add(volume.volume());
                }
            }
            for (String volume : filled) {
                if (named.find(volume).isPresent()) {
                    throw new NameTakenException(operation.failed(
                            "there is a volume '" + volume + "' already; remove it or choose another name"));
                }
            }
        }
        String id;
        try {
            id = containers.create(
                    request, origin.snapshot(), body -> asSnapshot(body, image, request, kept), deadline);
        } catch (io.cofferdam.error.ImageNotFoundException removedMeanwhile) {
            throw gone(operation);
        }
        origins.put(id, origin.snapshot());
        try {
            Map<String, String> mounted =
                    kept.isEmpty() ? Map.of() : SnapshotVolumes.mounted(containers.inspection(operation, id, deadline));
            Map<String, String> pairs = new LinkedHashMap<>();
            for (Kept volume : kept) {
                String target = volume.saved().target();
                String engineName = mounted.get(target);
                boolean isNamed =
                        spec.mounts().stream().anyMatch(mount -> mount.target().equals(target));
                if (engineName != null && (!isNamed || origin.fillsVolumes())) {
                    pairs.put(volume.engineName(), engineName);
                }
            }
            volumes.copy(operation, origin.snapshot(), pairs, deadline);
            return id;
        } catch (RuntimeException failed) {
            volumes.tidy(operation, HttpRequest.delete(Containers.path(id, "?force=1&v=1")));
            filled.forEach(volume -> volumes.forget(operation, named.engineName(volume)));
            throw failed;
        }
    }

    private static boolean isKept(List<Kept> kept, String target) {
        return kept.stream().anyMatch(volume -> volume.saved().target().equals(target));
    }

    private static void asSnapshot(ObjectNode body, JsonNode image, CreateRequest request, List<Kept> kept) {
        ObjectNode labels = body.withObject("/Labels");
        labels(image).fieldNames().forEachRemaining(label -> {
            if (label.startsWith(Labels.PREFIX) && !request.labels().containsKey(label)) {
                labels.put(label, "");
            }
        });
        labels.put(BASE, label(image, BASE));
        labels.put(Origins.LABEL, image.path("Id").asText(""));
        request.spec().image().ifPresent(name -> labels.put(Origins.IMAGE, name));
        ArrayNode mounts = body.withObject("/HostConfig").withArray("Mounts");
        Set<String> targets = new HashSet<>();
        for (JsonNode mount : mounts) {
            String target = mount.path("Target").asText("");
            targets.add(target);
            if (mount.path("Type").asText("").equals("volume") && isKept(kept, target)) {
                // What the image has there is not what the volume held.
                ((ObjectNode) mount).putObject("VolumeOptions").put("NoCopy", true);
            }
        }
        for (Kept volume : kept) {
            if (volume.saved().volume().isEmpty()
                    && !targets.contains(volume.saved().target())) {
                mounts.addObject()
                        .put("Type", "volume")
                        .put("Target", volume.saved().target())
                        .putObject("VolumeOptions")
                        .put("NoCopy", true);
            }
        }
        if (mounts.isEmpty()) {
            body.withObject("/HostConfig").remove("Mounts");
        }
    }

    @Override
    public VolumeSwap swapVolumes(String snapshot, String unit, List<Mount.Volume> mounts, Deadline deadline) {
        Operation operation = Operation.of("restore", "restoring", "volumes from a snapshot");
        Map<String, String> contents = new LinkedHashMap<>();
        for (Kept kept : kept(image(operation, snapshot, deadline))) {
            for (Mount.Volume mount : mounts) {
                if (mount.target().equals(kept.saved().target())) {
                    named.makeIfMissing(mount.volume(), deadline);
                    contents.put(named.engineName(mount.volume()), kept.engineName());
                }
            }
        }
        ContentSwap swap = new ContentSwap(volumes, operation, snapshot, unit);
        swap.exchange(contents, deadline);
        return swap;
    }

    @Override
    public EnvironmentSpec portable(String snapshot, EnvironmentSpec spec, Deadline deadline) {
        Operation operation = Operation.of("export", "exporting", "a snapshot");
        JsonNode config = image(operation, snapshot, deadline).path("Config");
        EnvironmentSpec.Builder complete = spec.toBuilder();
        if (spec.entrypoint().isEmpty() && !config.path("Entrypoint").isEmpty()) {
            complete.entrypoint(words(config.path("Entrypoint")).toArray(String[]::new));
        }
        if (spec.entrypoint().isEmpty() && spec.command().isEmpty()) {
            complete.withCommand(words(config.path("Cmd")));
        }
        if (spec.workingDirectory().isEmpty()) {
            String directory = config.path("WorkingDir").asText("");
            complete.workingDirectory(directory.isEmpty() ? "/" : directory);
        }
        return complete.build();
    }

    private static List<String> words(JsonNode list) {
        List<String> words = new ArrayList<>();
        list.forEach(word -> words.add(word.asText("")));
        return words;
    }

    @Override
    public void send(String snapshot, FileSink sink, Deadline deadline) {
        Operation operation = Operation.of("export", "exporting", "a snapshot");
        JsonNode image = image(operation, snapshot, deadline);
        List<Kept> kept = kept(image);
        files.send(
                operation,
                new SnapshotFiles.Source(
                        label(image, BASE),
                        snapshot,
                        kept.stream().map(volume -> volume.saved().target()).toList(),
                        kept.stream().map(Kept::engineName).toList()),
                sink,
                deadline);
    }

    @Override
    public SavedSnapshot receive(SnapshotRequest request, FileSource source, Deadline deadline) {
        Operation operation = Operation.of("import", "importing", "snapshot '" + request.name() + "'");
        return make(operation, request, Map.of(), deadline, token -> {
            List<Kept> kept = new ArrayList<>();
            for (SavedSnapshot.SavedVolume volume : request.volumes()) {
                kept.add(new Kept(volume, snapshotVolume(operation, request, token, kept.size(), deadline)));
            }
            String image = request.spec().image().orElseThrow();
            List<String> engineNames = kept.stream().map(Kept::engineName).toList();
            try (SnapshotFiles.Target target = files.target(operation, request.spec(), image, engineNames, deadline)) {
                long volumeSize = files.receive(operation, source, target, deadline);
                JsonNode container =
                        http.json(operation, HttpRequest.get(Containers.path(target.container(), "/json")), deadline);
                return commit(operation, container, request, token, kept, volumeSize, deadline);
            }
        });
    }
}
