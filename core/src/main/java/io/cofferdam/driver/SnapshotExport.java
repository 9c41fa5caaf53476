package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.error.StorageException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.Locale;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/** Writes one snapshot as a {@link SnapshotArchive}. */
final class SnapshotExport {

    private final EngineSession session;
    private final SnapshotStore store;
    private final SavedSnapshot saved;
    private final Snapshot snapshot;

    SnapshotExport(EngineSession session, SnapshotStore store, SavedSnapshot saved, Snapshot snapshot) {
        this.session = session;
        this.store = store;
        this.saved = saved;
        this.snapshot = snapshot;
    }

    void to(Path file, Deadline deadline) {
        Path target = file.toAbsolutePath();
        String name = String.valueOf(target.getFileName());
        String lower = name.toLowerCase(Locale.ROOT);
        boolean compress = lower.endsWith(".gz") || lower.endsWith(".tgz");
        Path part = target.resolveSibling("." + name + "." + Long.toHexString(System.nanoTime()));
        try {
            try (OutputStream out = Files.newOutputStream(part, java.nio.file.StandardOpenOption.CREATE_NEW)) {
                if (compress) {
                    try (OutputStream zipped = new FastGzip(out)) {
                        to(zipped, deadline);
                    }
                } else {
                    to(out, deadline);
                }
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException unwritable) {
            throw new StorageException(what() + " failed: " + target + " cannot be written: " + unwritable, unwritable);
        } finally {
            try {
                Files.deleteIfExists(part);
            } catch (IOException kept) {
                // It could not be written either, which is what the caller is told.
                part.toFile().deleteOnExit();
            }
        }
    }

    void to(OutputStream out, Deadline deadline) {
        // Whoever takes the archive may stall.
        Bounded.call(
                session.threads,
                deadline,
                what(),
                () -> {
                    write(out, deadline);
                    return Boolean.TRUE;
                },
                () -> {});
    }

    private void write(OutputStream out, Deadline deadline) {
        EnvironmentSpec spec = store.portable(saved.id(), snapshot.spec(), deadline).toBuilder()
                .withoutTemplate()
                .build();
        BufferedOutputStream buffered = new BufferedOutputStream(out, 64 * 1024);
        TarOutput tar = new TarOutput(buffered);
        Counter counter = new Counter(tar);
        try {
            small(tar, SnapshotArchive.MANIFEST, SnapshotArchive.manifest(snapshot, spec, saved.volumes()));
            store.send(saved.id(), counter, deadline);
            small(tar, SnapshotArchive.END, SnapshotArchive.end(counter.members, counter.bytes));
            tar.finish();
            buffered.flush();
        } catch (IOException | UncheckedIOException unwritable) {
            throw new StorageException(
                    what() + " failed: the archive cannot be written: " + unwritable.getMessage(), unwritable);
        }
    }

    private void small(TarOutput tar, String name, byte[] bytes) throws IOException {
        FileEntry entry =
                new FileEntry(FileEntry.ROOT, "", FileEntry.Kind.FILE, 0644, 0, 0, Instant.EPOCH, bytes.length, "");
        tar.put(name, entry, "", new ByteArrayInputStream(bytes));
    }

    private String what() {
        return "exporting snapshot '" + snapshot.name() + "' (" + snapshot.engine() + ")";
    }

    /** Names members by their trees. */
    private static final class Counter implements FileSink {
        private final TarOutput tar;
        private long members;
        private long bytes;

        Counter(TarOutput tar) {
            this.tar = tar;
        }

        @Override
        public void put(FileEntry entry, InputStream content) throws IOException {
            String tree = entry.tree() == FileEntry.ROOT ? "root/" : "volumes/" + entry.tree() + "/";
            String name = tree + entry.path();
            boolean directory = entry.kind() == FileEntry.Kind.DIRECTORY;
            String link = entry.kind() == FileEntry.Kind.HARDLINK ? tree + entry.link() : entry.link();
            tar.put(directory && !name.endsWith("/") ? name + "/" : name, entry, link, content);
            members++;
            bytes += entry.size();
        }
    }

    /** Files are often compressed already, and an export is to be about as fast as a disk. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 64 * 1024);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
