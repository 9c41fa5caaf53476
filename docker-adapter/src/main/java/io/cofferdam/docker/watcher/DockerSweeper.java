package io.cofferdam.docker.watcher;

import io.cofferdam.watcher.Sweeper;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Sweeps a Docker engine by labels. What it removes it names by identifiers, so that prefixes of names do not matter. */
public final class DockerSweeper implements Sweeper {

    /** The setting with the path of the engine's unix socket; without it {@link #HOST} and {@link #PORT} are there. */
    public static final String SOCKET = "socket";

    /** The setting with the engine's host. */
    public static final String HOST = "host";

    /** The setting with the engine's port. */
    public static final String PORT = "port";

    /** The setting with the version of the API. */
    public static final String API = "api";

    /** The setting with a PKCS #12 store of the client's key in base 64; without it nothing is encrypted. */
    public static final String KEYS = "keys";

    /** The setting with a PKCS #12 store of the authorities in base 64. */
    public static final String AUTHORITIES = "authorities";

    /** The setting with the password of both stores. */
    public static final String PASSWORD = "password";

    private static final String LABEL = "io.cofferdam.";

    private final SweepHttp http;
    private final String owner;

    /** Stacks that have lost members, whose networks may have another owner. */
    private final Set<String> stacks = new HashSet<>();

    /**
     * For the watcher.
     *
     * @param settings those named here and {@link Sweeper#OWNER}
     */
    public DockerSweeper(Map<String, String> settings) {
        http = new SweepHttp(settings);
        owner = settings.getOrDefault(OWNER, "nobody");
    }

    /**
     * All classes that it needs besides those of the watcher itself.
     *
     * @return the classes
     */
    public static List<Class<?>> parts() {
        return List.of(DockerSweeper.class, SweepHttp.class, SweepJson.class, VolumeReturn.class);
    }

    @Override
    public Set<String> owners() throws IOException {
        Set<String> owners = new TreeSet<>();
        for (String kind : List.of("/containers/json?all=1", "/networks", "/volumes", "/images/json")) {
            for (Map<?, ?> thing : list(kind, null, OWNER)) {
                owners.add(label(thing, OWNER));
            }
        }
        owners.remove("");
        return owners;
    }

    @Override
    public Pass sweep(boolean ownerIsDead, boolean remove) throws IOException {
        Round round = new Round(ownerIsDead, remove);
        if (ownerIsDead) {
            // Before anything else goes: what is to be undone is told by what is still there.
            round.restorations();
        }
        round.containers();
        round.children();
        if (ownerIsDead) {
            round.networks();
            round.volumes();
            round.images();
        }
        if (round.failure != null) {
            throw round.failure;
        }
        return new Pass(round.found, round.next);
    }

    /** One pass. What cannot be removed does not keep the rest from being removed. */
    private final class Round {
        private static final String SESSION_OVER = "the JVM of its session has ended";

        private final boolean ownerIsDead;
        private final boolean remove;
        private final Instant now = Instant.now();
        private final List<Found> found = new ArrayList<>();
        private final Set<String> goingNow = new HashSet<>();

        /** Restorations that cannot be undone yet, because somebody uses a volume. */
        private final Set<String> waiting = new HashSet<>();

        private @Nullable Instant next;
        private @Nullable IOException failure;

        Round(boolean ownerIsDead, boolean remove) {
            this.ownerIsDead = ownerIsDead;
            this.remove = remove;
        }

        void containers() throws IOException {
            for (Map<?, ?> container : list("/containers/json?all=1", null, OWNER + "=" + owner)) {
                String lifetime = label(container, "lifetime");
                if (lifetime.equals("session") && ownerIsDead) {
                    removeContainer(container, SESSION_OVER);
                } else if (lifetime.equals("ttl") && isOver(label(container, "expires"))) {
                    removeContainer(container, "its time is over");
                } else if (ownerIsDead && isLeftOfUpdate(container)) {
                    removeContainer(container, "the JVM that was updating the environment has ended");
                }
            }
        }

        /**
         * Restorations that were cut off: volumes get back what they held, as the environment has stayed what it was. Once that has
         * its other name the restoration counts, and what the volumes held goes. See {@code DockerSnapshots}.
         */
        void restorations() throws IOException {
            List<Map<?, ?>> kept = list("/volumes", null, OWNER + "=" + owner, "lifetime=restore");
            for (Map<?, ?> mark : kept) {
                String unit = label(mark, "restore.unit");
                if (!unit.isEmpty() && !isReplaced(unit)) {
                    giveBack(mark, kept);
                }
            }
            // First the marks: without one its backups mean nothing any more.
            for (boolean marks : List.of(true, false)) {
                for (Map<?, ?> volume : kept) {
                    String name = SweepJson.text(volume, "Name");
                    boolean isMark = !label(volume, "restore.unit").isEmpty();
                    if (isMark == marks && !waiting.contains(label(volume, "restore"))) {
                        remove(
                                new Found("volume", name, name, "the JVM that was restoring from a snapshot has ended"),
                                "/volumes/" + encoded(name));
                    }
                }
                if (failure != null) {
                    throw failure;
                }
            }
        }

        private boolean isReplaced(String unit) throws IOException {
            SweepHttp.Reply reply = http.get("/containers/" + unit + "/json");
            if (reply.status() != 404 && reply.status() != 200) {
                throw new IOException("GET /containers: " + reply.status());
            }
            return reply.status() == 404
                    || (SweepJson.parse(reply.body()) instanceof Map<?, ?> container
                            && SweepJson.text(container, "Name").endsWith(".old"));
        }

        private void giveBack(Map<?, ?> mark, List<Map<?, ?>> kept) throws IOException {
            String token = label(mark, "restore");
            for (Map<?, ?> backup : kept) {
                String volume = label(backup, "restore.of");
                if (volume.isEmpty() || !label(backup, "restore").equals(token)) {
                    continue;
                }
                if (isInUse(volume)) {
                    waiting.add(token);
                } else if (remove) {
                    new VolumeReturn(http, owner)
                            .run(label(mark, "restore.image"), SweepJson.text(backup, "Name"), volume);
                }
            }
        }

        /** Whether somebody else runs with a volume; what would have replaced the environment goes at once. */
        private boolean isInUse(String volume) throws IOException {
            boolean used = false;
            String query = "/containers/json?filters=" + encoded("{\"volume\":[" + SweepJson.quoted(volume) + "]}");
            for (Map<?, ?> container :
                    SweepJson.objects(SweepJson.parse(http.get(query).body()))) {
                boolean isReplacement = label(container, "owner").equals(owner)
                        && name(container).endsWith(".next");
                if (isReplacement) {
                    removeContainer(container, "the JVM that was updating the environment has ended");
                } else {
                    used = true;
                }
            }
            return used;
        }

        /** Without one that has the name the next one who looks for it ends the update. */
        private boolean isLeftOfUpdate(Map<?, ?> container) throws IOException {
            String environment = label(container, "environment");
            if (environment.isEmpty() || name(container).equals(environment)) {
                return false;
            }
            return list("/containers/json?all=1", null, "environment=" + environment).stream()
                    .anyMatch(other -> name(other).equals(environment));
        }

        private boolean isOver(String expires) {
            try {
                Instant end = Instant.parse(expires);
                if (end.isAfter(now)) {
                    next = next == null || end.isBefore(next) ? end : next;
                    return false;
                }
                return true;
            } catch (DateTimeException notOurs) {
                return false;
            }
        }

        /** Environments whose parent is not there; during an update the parent is there twice. */
        void children() throws IOException {
            for (Map<?, ?> child : list("/containers/json?all=1", null, "parent")) {
                String parent = label(child, "parent");
                // Containers of an image that was made from a child have its label, too, without the value.
                if (parent.isEmpty() || !label(child, "lifetime").equals("child")) {
                    continue;
                }
                List<Map<?, ?>> parents =
                        new ArrayList<>(list("/containers/json?all=1", null, "environment=" + parent));
                parents.removeIf(container -> goingNow.contains(SweepJson.text(container, "Id")));
                if (parents.isEmpty()) {
                    removeContainer(child, "its parent '" + parent + "' is gone");
                }
            }
        }

        private void removeContainer(Map<?, ?> container, String reason) {
            String id = SweepJson.text(container, "Id");
            if (goingNow.add(id)) {
                String stack = label(container, "stack");
                if (!stack.isEmpty()) {
                    stacks.add(stack);
                }
                remove(new Found("environment", name(container), id, reason), "/containers/" + id + "?force=1&v=1");
            }
        }

        /** Those of stacks go with their last member, whoever's that was; others if the session made them. */
        void networks() throws IOException {
            List<Map<?, ?>> networks = new ArrayList<>(list("/networks", null, OWNER + "=" + owner));
            for (String stack : stacks) {
                networks.addAll(list("/networks", null, "stack=" + stack));
            }
            for (Map<?, ?> network : networks) {
                boolean ofStack = !label(network, "stack").isEmpty();
                boolean ofSession = label(network, "lifetime").equals("session");
                String id = SweepJson.text(network, "Id");
                if ((ofStack || ofSession) && isEmpty(id) && goingNow.add(id)) {
                    String reason = ofSession ? SESSION_OVER : "its last member has gone";
                    remove(new Found("network", SweepJson.text(network, "Name"), id, reason), "/networks/" + id);
                }
            }
        }

        private boolean isEmpty(String network) throws IOException {
            return list("/containers/json?all=1", network).stream()
                    .allMatch(container -> goingNow.contains(SweepJson.text(container, "Id")));
        }

        void volumes() throws IOException {
            for (Map<?, ?> volume : list("/volumes", null, OWNER + "=" + owner, "lifetime=session")) {
                String name = SweepJson.text(volume, "Name");
                String frozen = label(volume, "snapshot.frozen");
                if (remove && !frozen.isEmpty()) {
                    // It was saved at that moment. Any answer will do: it may be gone, or somebody has let it go on.
                    http.post("/containers/" + frozen + "/unpause", "");
                }
                halfMadeSnapshot(label(volume, "snapshot.claim"));
                remove(new Found("volume", name, name, SESSION_OVER), "/volumes/" + encoded(name));
            }
        }

        /** A snapshot that was being made; it is whole when its image has a name, see {@code DockerSnapshots}. */
        private void halfMadeSnapshot(String token) throws IOException {
            if (token.isEmpty()) {
                return;
            }
            String label = "snapshot.token=" + token;
            List<Map<?, ?>> images = list("/images/json", null, label);
            if (images.stream().anyMatch(image -> tag(image).startsWith("cofferdam/snapshot:"))) {
                return;
            }
            for (Map<?, ?> image : images) {
                String id = SweepJson.text(image, "Id");
                remove(new Found("image", id, id, SESSION_OVER), "/images/" + encoded(id) + "?force=1");
            }
            for (Map<?, ?> volume : list("/volumes", null, label)) {
                String name = SweepJson.text(volume, "Name");
                if (label(volume, "owner").isEmpty()) {
                    remove(new Found("volume", name, name, SESSION_OVER), "/volumes/" + encoded(name));
                }
            }
        }

        private static String tag(Map<?, ?> image) {
            return image.get("RepoTags") instanceof List<?> tags && !tags.isEmpty() ? tags.get(0) + "" : "";
        }

        void images() throws IOException {
            for (Map<?, ?> image : list("/images/json", null, OWNER + "=" + owner, "lifetime=session")) {
                String id = SweepJson.text(image, "Id");
                String name = tag(image).isEmpty() ? id : tag(image);
                remove(new Found("image", name, id, SESSION_OVER), "/images/" + encoded(id) + "?force=1");
            }
        }

        private void remove(Found thing, String path) {
            found.add(thing);
            if (!remove) {
                return;
            }
            try {
                SweepHttp.Reply reply = http.delete(path);
                // 409: it is being removed, or is in use for a moment still. The next pass sees.
                if (reply.status() >= 500 || reply.status() == 400) {
                    throw new IOException("DELETE " + path + ": " + reply.status());
                }
            } catch (IOException failed) {
                failure = failed;
            }
        }
    }

    private static String name(Map<?, ?> container) {
        return container.get("Names") instanceof List<?> names && !names.isEmpty()
                ? String.valueOf(names.get(0)).replaceFirst("^/", "")
                : "";
    }

    private List<Map<?, ?>> list(String path, @Nullable String network, String... labels) throws IOException {
        List<String> filters = new ArrayList<>();
        if (labels.length > 0) {
            List<String> quoted = new ArrayList<>();
            for (String label : labels) {
                quoted.add(SweepJson.quoted(LABEL + label));
            }
            filters.add("\"label\":[" + String.join(",", quoted) + "]");
        }
        if (network != null) {
            filters.add("\"network\":[" + SweepJson.quoted(network) + "]");
        }
        String query =
                path + (path.contains("?") ? "&" : "?") + "filters=" + encoded("{" + String.join(",", filters) + "}");
        SweepHttp.Reply reply = http.get(query);
        if (reply.status() != 200) {
            throw new IOException("GET " + path + ": " + reply.status());
        }
        Object answer = SweepJson.parse(reply.body());
        return SweepJson.objects(answer instanceof Map<?, ?> object ? object.get("Volumes") : answer);
    }

    private static String label(Map<?, ?> thing, String name) {
        return thing.get("Labels") instanceof Map<?, ?> labels ? SweepJson.text(labels, LABEL + name) : "";
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
