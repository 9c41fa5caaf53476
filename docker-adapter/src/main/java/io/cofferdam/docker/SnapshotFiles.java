package io.cofferdam.docker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.FileEntry;
import io.cofferdam.driver.FileSink;
import io.cofferdam.driver.FileSource;
import io.cofferdam.driver.Temporary;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.UnsafePathException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.jspecify.annotations.Nullable;

/** Files of snapshots on their way from and to other engines, through the archives of containers that are never started. */
final class SnapshotFiles {

    /** What the engine itself puts into every container. */
    private static final Set<String> OF_THE_ENGINE =
            Set.of(".dockerenv", "etc/hosts", "etc/hostname", "etc/resolv.conf", "etc/mtab");

    private static final Set<String> NO_FILES = Set.of("dev", "proc", "sys");

    private final EngineHttp http;
    private final SnapshotVolumes volumes;

    SnapshotFiles(EngineHttp http, SnapshotVolumes volumes) {
        this.http = http;
        this.volumes = volumes;
    }

    /**
     * A snapshot to read.
     *
     * @param base the image that it is compared with
     * @param image its own image
     * @param targets where its volumes are mounted
     * @param volumes the engine's names of these
     */
    record Source(String base, String image, List<String> targets, List<String> volumes) {}

    /** What is known of a file of the base: enough to see that it was changed. */
    private record Facts(char type, int mode, long uid, long gid, long size, long modified, String link) {
        static Facts of(TarArchiveEntry entry) {
            boolean directory = entry.isDirectory();
            char type = directory ? 'd' : entry.isSymbolicLink() ? 'l' : entry.isLink() ? 'h' : 'f';
            return new Facts(
                    type,
                    entry.getMode() & 07777,
                    entry.getLongUserId(),
                    entry.getLongGroupId(),
                    directory ? 0 : entry.getSize(),
                    // A directory's time changes with what is put into it, by the engine too.
                    directory ? 0 : entry.getLastModifiedTime().toMillis(),
                    type == 'l' || type == 'h' ? entry.getLinkName() : "");
        }
    }

    void send(Operation operation, Source source, FileSink sink, Deadline deadline) {
        Map<String, Facts> base = new HashMap<>();
        try (SnapshotVolumes.Shelf shelf = volumes.shelf(operation, source.base(), List.of(), deadline)) {
            read(operation, shelf.id(), "/", deadline, (path, entry, content) -> {
                if (isOwn(path, source.targets())) {
                    base.put(path, Facts.of(entry));
                }
            });
        }
        try (SnapshotVolumes.Shelf shelf = volumes.shelf(operation, source.image(), source.volumes(), deadline)) {
            Set<String> sent = new HashSet<>();
            read(operation, shelf.id(), "/", deadline, (path, entry, content) -> {
                if (isOwn(path, source.targets()) && !Facts.of(entry).equals(base.get(path))) {
                    send(FileEntry.ROOT, path, entry, content, sink, sent);
                }
            });
            for (int i = 0; i < source.volumes().size(); i++) {
                int tree = i;
                String place = SnapshotVolumes.place(i).substring(1);
                Set<String> sentOfVolume = new HashSet<>();
                read(operation, shelf.id(), "/" + place, deadline, (path, entry, content) -> {
                    String inside = path.equals(place) ? "" : path.substring(place.length() + 1);
                    send(tree, inside, entry, content, sink, sentOfVolume);
                });
            }
        }
    }

    /** Whether it is part of the environment itself: not of its volumes, nor of the engine. */
    private static boolean isOwn(String path, List<String> targets) {
        int slash = path.indexOf('/');
        String first = slash < 0 ? path : path.substring(0, slash);
        if (path.isEmpty() || OF_THE_ENGINE.contains(path) || NO_FILES.contains(first)) {
            return false;
        }
        if (first.matches("cofferdam-\\d+")) {
            return false;
        }
        return targets.stream()
                .map(target -> target.substring(1))
                .noneMatch(target -> (path + "/").startsWith(target + "/"));
    }

    @FunctionalInterface
    private interface Taker {
        void take(String path, TarArchiveEntry entry, InputStream content) throws IOException;
    }

    private void read(Operation operation, String container, String path, Deadline deadline, Taker taker) {
        HttpRequest get = HttpRequest.get(Containers.path(container, "/archive?path=" + Query.encode(path)));
        try {
            http.stream(operation, get, deadline, (reply, connection) -> {
                TarArchiveInputStream tar = new TarArchiveInputStream(reply.body(), "UTF-8");
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    try {
                        taker.take(plain(entry.getName()), entry, tar);
                    } catch (IOException unwritable) {
                        throw new UncheckedIOException(unwritable);
                    }
                }
                return true;
            });
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
    }

    private static String plain(String name) {
        String path = name;
        while (path.startsWith("./") || path.startsWith("/")) {
            path = path.substring(path.indexOf('/') + 1);
        }
        while (path.endsWith("/")) {
            path = path.substring(0, path.length() - 1);
        }
        return path.equals(".") ? "" : path;
    }

    private static void send(
            int tree, String path, TarArchiveEntry entry, InputStream content, FileSink sink, Set<String> sent)
            throws IOException {
        FileEntry.Kind kind;
        String link = "";
        if (entry.isSymbolicLink()) {
            kind = FileEntry.Kind.SYMLINK;
            link = entry.getLinkName();
        } else if (entry.isLink()) {
            kind = FileEntry.Kind.HARDLINK;
            link = within(tree, plain(entry.getLinkName()));
            if (!sent.contains(link)) {
                throw new UnsafePathException("could not export a snapshot (docker): '" + path
                        + "' is a hard link to '" + link + "', which is of the image and not of the snapshot;"
                        + " replace it by a copy");
            }
        } else if (entry.isDirectory()) {
            kind = FileEntry.Kind.DIRECTORY;
        } else if (entry.isFile() && !entry.isCharacterDevice() && !entry.isBlockDevice() && !entry.isFIFO()) {
            kind = FileEntry.Kind.FILE;
            sent.add(path);
        } else {
            return; // Devices and pipes mean nothing elsewhere.
        }
        sink.put(
                new FileEntry(
                        tree,
                        path,
                        kind,
                        entry.getMode() & 07777,
                        entry.getLongUserId(),
                        entry.getLongGroupId(),
                        entry.getLastModifiedTime().toInstant(),
                        kind == FileEntry.Kind.FILE ? entry.getSize() : 0,
                        link),
                content);
    }

    private static String within(int tree, String path) {
        if (tree == FileEntry.ROOT) {
            return path;
        }
        String place = SnapshotVolumes.place(tree).substring(1) + "/";
        return path.startsWith(place) ? path.substring(place.length()) : path;
    }

    /** Two containers that are never started: one of which the image will be, and one that has the volumes. */
    final class Target implements AutoCloseable {
        private final Operation operation;
        private final String container;
        private final SnapshotVolumes.Shelf shelf;

        private Target(Operation operation, String container, SnapshotVolumes.Shelf shelf) {
            this.operation = operation;
            this.container = container;
            this.shelf = shelf;
        }

        String container() {
            return container;
        }

        @Override
        public void close() {
            shelf.close();
            volumes.tidy(operation, HttpRequest.delete(Containers.path(container, "?force=1&v=1")));
        }
    }

    Target target(
            Operation operation, EnvironmentSpec spec, String image, List<String> engineNames, Deadline deadline) {
        ObjectNode body = Json.object().put("Image", image);
        spec.entrypoint().ifPresent(words -> words(body.putArray("Entrypoint"), words));
        if (!spec.command().isEmpty()) {
            words(body.putArray("Cmd"), spec.command());
        }
        ObjectNode labels = body.putObject("Labels");
        Temporary.labels().forEach(labels::put);
        body.putObject("HostConfig").put("NetworkMode", "none");
        String name = "cofferdam-import-" + UUID.randomUUID();
        String removal = Containers.path(name, "?force=1&v=1");
        try {
            String id = http.json(operation, HttpRequest.post("/containers/create?name=" + name, body), deadline)
                    .path("Id")
                    .asText("");
            return new Target(operation, id, volumes.shelf(operation, image, engineNames, deadline));
        } catch (CofferdamException failed) {
            volumes.tidy(operation, HttpRequest.delete(removal));
            throw failed instanceof Refusal refusal
                    ? Faults.creation(operation, new CreateRequest(name, spec, Map.of(), null), image, refusal)
                    : failed;
        }
    }

    private static void words(ArrayNode array, List<String> words) {
        words.forEach(array::add);
    }

    /** Tells how many bytes went to volumes. */
    long receive(Operation operation, FileSource source, Target target, Deadline deadline) {
        AtomicLong bytes = new AtomicLong();
        Cursor next = new Cursor(source);
        next.advance();
        for (FileEntry first = next.current; first != null; first = next.current) {
            int tree = first.tree();
            String place =
                    tree == FileEntry.ROOT ? "" : SnapshotVolumes.place(tree).substring(1);
            volumes.put(
                    operation,
                    tree == FileEntry.ROOT ? target.container() : target.shelf.id(),
                    "/",
                    out -> {
                        TarArchiveOutputStream tar = new TarArchiveOutputStream(out, "UTF-8");
                        tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
                        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
                        tar.setAddPaxHeadersForNonAsciiNames(true);
                        for (FileEntry file = next.current; file != null && file.tree() == tree; file = next.current) {
                            write(tar, place, file, source);
                            bytes.addAndGet(tree == FileEntry.ROOT ? 0 : file.size());
                            next.advance();
                        }
                        tar.finish();
                        tar.flush();
                    },
                    deadline);
        }
        return bytes.get();
    }

    /** Where a source is. A fault of it is unchecked, to be told from one of the connection that is written to. */
    private static final class Cursor {
        private final FileSource source;

        /** What was told last; null after the end. */
        private @Nullable FileEntry current;

        Cursor(FileSource source) {
            this.source = source;
        }

        void advance() {
            try {
                current = source.next();
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
    }

    private static void write(TarArchiveOutputStream tar, String place, FileEntry file, FileSource source)
            throws IOException {
        String path = place.isEmpty() || file.path().isEmpty() ? place + file.path() : place + "/" + file.path();
        if (path.isEmpty()) {
            return; // The root itself is the image's.
        }
        TarArchiveEntry entry = switch (file.kind()) {
            case FILE -> new TarArchiveEntry(path);
            case DIRECTORY -> new TarArchiveEntry(path + "/");
            case SYMLINK -> new TarArchiveEntry(path, TarConstants.LF_SYMLINK);
            case HARDLINK -> new TarArchiveEntry(path, TarConstants.LF_LINK);
        };
        entry.setMode(file.mode());
        entry.setUserId(file.uid());
        entry.setGroupId(file.gid());
        entry.setNames("", "");
        entry.setLastModifiedTime(java.nio.file.attribute.FileTime.from(file.modified()));
        entry.setSize(file.size());
        if (file.kind() == FileEntry.Kind.SYMLINK) {
            entry.setLinkName(file.link());
        } else if (file.kind() == FileEntry.Kind.HARDLINK) {
            entry.setLinkName(place.isEmpty() ? file.link() : place + "/" + file.link());
        }
        tar.putArchiveEntry(entry);
        InputStream content = source.content();
        byte[] piece = new byte[64 * 1024];
        long left = file.size();
        while (left > 0) {
            int count;
            try {
                count = content.read(piece, 0, (int) Math.min(piece.length, left));
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
            if (count < 0) {
                throw new UncheckedIOException(new IOException("'" + path + "' became shorter while it was read"));
            }
            tar.write(piece, 0, count);
            left -= count;
        }
        tar.closeArchiveEntry();
    }
}
