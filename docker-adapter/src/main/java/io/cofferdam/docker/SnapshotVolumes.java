package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.Temporary;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/**
 * Moves the contents of volumes without running anything: containers that are made and never started have them mounted,
 * and the engine's archives read and write there, owners, permissions and links included.
 */
final class SnapshotVolumes {

    /** How long tidying up may take after a deadline has passed. */
    static final Duration TIDYING = Duration.ofSeconds(30);

    private final EngineHttp http;

    SnapshotVolumes(EngineHttp http) {
        this.http = http;
    }

    /**
     * A container that is never started, with volumes at {@code /cofferdam-0}, {@code /cofferdam-1} and so on. It goes
     * with its closing.
     */
    final class Shelf implements AutoCloseable {
        private final Operation operation;
        private final String id;

        private Shelf(Operation operation, String id) {
            this.operation = operation;
            this.id = id;
        }

        String id() {
            return id;
        }

        @Override
        public void close() {
            tidy(operation, HttpRequest.delete(Containers.path(id, "?force=1&v=1")));
        }
    }

    static String place(int number) {
        return "/cofferdam-" + number;
    }

    /** Mounts volumes in a container of an image that is never started. */
    Shelf shelf(Operation operation, String image, List<String> volumes, Deadline deadline) {
        ObjectNode body = Json.object().put("Image", image);
        body.putArray("Cmd").add("never-started");
        ObjectNode labels = body.putObject("Labels");
        Temporary.labels().forEach(labels::put);
        ObjectNode host = body.putObject("HostConfig").put("NetworkMode", "none");
        ArrayNode mounts = host.putArray("Mounts");
        for (int i = 0; i < volumes.size(); i++) {
            mounts.addObject()
                    .put("Type", "volume")
                    .put("Source", volumes.get(i))
                    .put("Target", place(i));
        }
        String name = "cofferdam-shelf-" + UUID.randomUUID();
        try {
            String id = http.json(operation, HttpRequest.post("/containers/create?name=" + name, body), deadline)
                    .path("Id")
                    .asText("");
            return new Shelf(operation, id);
        } catch (CofferdamException failed) {
            // The engine may have finished what nobody waits for any more.
            tidy(operation, HttpRequest.delete(Containers.path(name, "?force=1&v=1")));
            throw failed;
        }
    }

    /** Makes a volume that is no volume of a user's. */
    String make(Operation operation, String name, Map<String, String> labels, Deadline deadline) {
        ObjectNode body = Json.object().put("Name", name);
        ObjectNode all = body.putObject("Labels");
        labels.forEach(all::put);
        http.json(operation, HttpRequest.post("/volumes/create", body).asRepeatable(), deadline);
        return name;
    }

    /** Removes a volume that may not be there. */
    void forget(Operation operation, String volume) {
        tidy(operation, HttpRequest.delete("/volumes/" + Query.segment(volume)));
    }

    /** Tidies up, whatever state the thread is in; what cannot be removed is left to the next sweep. */
    void tidy(Operation operation, HttpRequest request) {
        boolean interrupted = Thread.interrupted();
        try {
            http.run(operation, request, Deadline.in(TIDYING));
        } catch (CofferdamException leftToTheSweep) {
            org.slf4j.LoggerFactory.getLogger(SnapshotVolumes.class)
                    .debug("{} left something for a moment: {}", operation.doing(), leftToTheSweep.getMessage());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Copies the contents of volumes to others, which are empty.
     *
     * @param image any image
     * @param pairs from which volume to which
     * @return about how many bytes there were
     */
    long copy(Operation operation, String image, Map<String, String> pairs, Deadline deadline) {
        if (pairs.isEmpty()) {
            return 0;
        }
        try (Shelf from = shelf(operation, image, List.copyOf(pairs.keySet()), deadline);
                Shelf to = shelf(operation, image, new ArrayList<>(pairs.values()), deadline)) {
            long bytes = 0;
            for (int i = 0; i < pairs.size(); i++) {
                bytes += copy(operation, from, to, place(i), deadline);
            }
            return bytes;
        }
    }

    private long copy(Operation operation, Shelf from, Shelf to, String place, Deadline deadline) {
        HttpRequest get = HttpRequest.get(Containers.path(from.id(), "/archive?path=" + Query.encode(place)));
        AtomicLong bytes = new AtomicLong();
        try {
            http.stream(operation, get, deadline, (source, connection) -> {
                put(operation, to.id(), "/", out -> bytes.addAndGet(transfer(source.body(), out)), deadline);
                return true;
            });
            return bytes.get();
        } catch (Refusal refusal) {
            throw storage(operation, refusal);
        } catch (UncheckedIOException broken) {
            throw new EngineException(
                    operation.failed("the engine stopped sending a volume: " + broken.getMessage()), broken);
        }
    }

    /** A fault of the source is unchecked, to be told from one of the connection that is written to. */
    private static long transfer(InputStream in, OutputStream out) throws IOException {
        byte[] piece = new byte[64 * 1024];
        long bytes = 0;
        while (true) {
            int count;
            try {
                count = in.read(piece);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            if (count < 0) {
                return bytes;
            }
            out.write(piece, 0, count);
            bytes += count;
        }
    }

    /** Unpacks an archive in a container. */
    void put(Operation operation, String container, String path, HttpRequest.Writer archive, Deadline deadline) {
        HttpRequest request = HttpRequest.put(
                Containers.path(container, "/archive?path=" + Query.encode(path)), "application/x-tar", archive);
        try {
            http.stream(operation, request, deadline, (reply, connection) -> reply.status());
        } catch (Refusal refusal) {
            throw storage(operation, refusal);
        }
    }

    static CofferdamException storage(Operation operation, Refusal refusal) {
        String reason = refusal.reason();
        return reason.contains("no space left") || reason.contains("quota exceeded")
                ? new StorageException(operation.failed(reason + "; free disk space on the engine's host"), refusal)
                : refusal;
    }

    /**
     * Empties volumes. An archive can only add and replace, but a file in the place of a directory replaces all that is in
     * it; that the directory itself is a mount and stays is an error of the engine's that is expected.
     */
    void empty(Operation operation, String image, List<String> volumes, Deadline deadline) {
        try (Shelf shelf = shelf(operation, image, volumes, deadline)) {
            for (int i = 0; i < volumes.size(); i++) {
                String name = place(i).substring(1);
                try {
                    put(operation, shelf.id(), "/", out -> file(out, name), deadline);
                } catch (Refusal busy) {
                    if (!busy.reason().contains("busy")) {
                        throw busy;
                    }
                }
                if (!isEmpty(operation, shelf, place(i), deadline)) {
                    throw new EngineException(operation.failed("the engine does not empty volume '" + volumes.get(i)
                            + "'; remove what is in it by a command inside and restore again"));
                }
            }
        }
    }

    private static void file(OutputStream out, String name) throws IOException {
        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
        tar.putArchiveEntry(new TarArchiveEntry(name));
        tar.closeArchiveEntry();
        tar.finish();
        tar.flush();
    }

    private boolean isEmpty(Operation operation, Shelf shelf, String place, Deadline deadline) {
        HttpRequest get = HttpRequest.get(Containers.path(shelf.id(), "/archive?path=" + Query.encode(place)));
        return http.stream(operation, get, deadline, (reply, connection) -> {
            TarArchiveInputStream tar = new TarArchiveInputStream(reply.body(), "UTF-8");
            TarArchiveEntry first = tar.getNextEntry();
            return first != null && first.isDirectory() && tar.getNextEntry() == null;
        });
    }

    /** The engine's names of the volumes that a container has mounted, by where. */
    static Map<String, String> mounted(JsonNode container) {
        Map<String, String> volumes = new LinkedHashMap<>();
        for (JsonNode mount : container.path("Mounts")) {
            if (mount.path("Type").asText("").equals("volume")) {
                volumes.put(
                        mount.path("Destination").asText(""), mount.path("Name").asText(""));
            }
        }
        return volumes;
    }
}
