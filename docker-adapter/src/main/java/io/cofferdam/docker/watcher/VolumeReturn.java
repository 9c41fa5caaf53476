package io.cofferdam.docker.watcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Gives a volume back what another one holds, as {@code SnapshotVolumes} does in the library itself: through the archives of
 * containers that are never started.
 */
final class VolumeReturn {

    private static final String PLACE = "cofferdam-0";
    private static final int BLOCK = 512;

    private final SweepHttp http;
    private final String owner;

    VolumeReturn(SweepHttp http, String owner) {
        this.http = http;
        this.owner = owner;
    }

    /**
     * Replaces all that is in a volume.
     *
     * @param image any image; another one is taken if it is gone
     * @param from the volume with the content
     * @param to the volume that gets it
     */
    void run(String image, String from, String to) throws IOException {
        String source = shelf(image, from);
        try {
            String target = shelf(image, to);
            try {
                empty(target, to);
                http.read(archive(source, "/" + PLACE), content -> {
                    accept(http.put(archive(target, "/"), content::transferTo), "PUT");
                    return true;
                });
            } finally {
                http.delete("/containers/" + target + "?force=1&v=1");
            }
        } finally {
            http.delete("/containers/" + source + "?force=1&v=1");
        }
    }

    private static String archive(String container, String path) {
        return "/containers/" + container + "/archive?path=" + DockerSweeper.encoded(path);
    }

    private static void accept(SweepHttp.Reply reply, String what) throws IOException {
        if (reply.status() >= 300) {
            throw new IOException(what + ": " + reply.status() + " " + reply.body());
        }
    }

    /** A container with the volume in it; tells its identifier. */
    private String shelf(String image, String volume) throws IOException {
        SweepHttp.Reply made = create(image, volume);
        if (made.status() == 404) {
            List<Map<?, ?>> others =
                    SweepJson.objects(SweepJson.parse(http.get("/images/json").body()));
            if (!others.isEmpty()) {
                made = create(SweepJson.text(others.get(0), "Id"), volume);
            }
        }
        accept(made, "POST /containers/create");
        return SweepJson.parse(made.body()) instanceof Map<?, ?> answer ? SweepJson.text(answer, "Id") : "";
    }

    private SweepHttp.Reply create(String image, String volume) throws IOException {
        String body = "{\"Image\":" + SweepJson.quoted(image) + ",\"Cmd\":[\"never-started\"],\"Labels\":{"
                + "\"io.cofferdam.owner\":" + SweepJson.quoted(owner) + ",\"io.cofferdam.lifetime\":\"session\"},"
                + "\"HostConfig\":{\"NetworkMode\":\"none\",\"Mounts\":[{\"Type\":\"volume\",\"Source\":"
                + SweepJson.quoted(volume) + ",\"Target\":\"/" + PLACE + "\"}]}}";
        return http.post("/containers/create?name=cofferdam-shelf-" + UUID.randomUUID(), body);
    }

    /** A file in the place of the directory replaces all that is in it; that the mount itself stays is an expected error. */
    private void empty(String target, String volume) throws IOException {
        SweepHttp.Reply reply = http.put(archive(target, "/"), out -> out.write(fileNamed(PLACE)));
        if (reply.status() >= 300 && !reply.body().contains("busy")) {
            throw new IOException("PUT: " + reply.status() + " " + reply.body());
        }
        boolean empty = http.read(archive(target, "/" + PLACE), VolumeReturn::hasOnlyADirectory);
        if (!empty) {
            throw new IOException("the engine does not empty volume '" + volume + "'");
        }
    }

    /** The tar archive of one empty file, see pax(1). */
    private static byte[] fileNamed(String name) {
        byte[] archive = new byte[3 * BLOCK];
        put(archive, 0, name);
        put(archive, 100, "0000644");
        put(archive, 108, "0000000");
        put(archive, 116, "0000000");
        put(archive, 124, "00000000000");
        put(archive, 136, "00000000000");
        put(archive, 148, "        ");
        put(archive, 156, "0");
        put(archive, 257, "ustar\0" + "00");
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            sum += archive[i] & 0xff;
        }
        put(archive, 148, String.format("%06o\0 ", sum));
        return archive;
    }

    private static void put(byte[] archive, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, archive, at, bytes.length);
    }

    private static boolean hasOnlyADirectory(InputStream archive) throws IOException {
        byte[] header = archive.readNBytes(BLOCK);
        while (header.length == BLOCK && (header[156] == 'x' || header[156] == 'g')) {
            // Attributes of what comes next.
            long size = Long.parseLong(new String(header, 124, 11, StandardCharsets.US_ASCII).strip(), 8);
            archive.skipNBytes((size + BLOCK - 1) / BLOCK * BLOCK);
            header = archive.readNBytes(BLOCK);
        }
        if (header.length < BLOCK || header[156] != '5') {
            return false;
        }
        byte[] next = archive.readNBytes(BLOCK);
        return next.length < BLOCK || next[0] == 0;
    }
}
