package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ImportOptions;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/** Makes a snapshot of a {@link SnapshotArchive} that is not trusted. */
final class SnapshotImport {

    private final EngineSession session;
    private final SnapshotStore store;
    private final ImportOptions options;

    SnapshotImport(EngineSession session, SnapshotStore store, ImportOptions options) {
        this.session = session;
        this.store = store;
        this.options = options;
    }

    SavedSnapshot from(Path file, Deadline deadline) {
        if (!Files.isRegularFile(file)) {
            throw new NotFoundException(
                    "could not import a snapshot: there is no file " + file.toAbsolutePath() + " on this host");
        }
        try (InputStream in = Files.newInputStream(file)) {
            return from(in, file.toString(), deadline);
        } catch (IOException unreadable) {
            throw new StorageException("could not import " + file + ": it cannot be read: " + unreadable, unreadable);
        }
    }

    SavedSnapshot from(InputStream in, String where, Deadline deadline) {
        // Whoever gives the archive may stall.
        return Bounded.call(
                session.threads,
                deadline,
                "importing a snapshot from " + where,
                () -> read(in, where, deadline),
                () -> {});
    }

    private SavedSnapshot read(InputStream in, String where, Deadline deadline) {
        try {
            ArchiveSource source = new ArchiveSource(unzipped(in), where, options.limit());
            SnapshotArchive.Manifest manifest = source.manifest();
            String name = options.name().orElse(manifest.name());
            SnapshotLabels.check(name, manifest.labels());
            if (store.find(name, session.callDeadline()).isPresent()) {
                throw new NameTakenException("could not import " + where + " as '" + name + "' (" + session.engine()
                        + "): there is a snapshot of that name; remove it or choose another name");
            }
            EnvironmentSpec spec = onThisEngine(manifest.spec(), where, deadline);
            Map<String, String> labels = SnapshotLabels.of(name, spec, manifest.labels(), "");
            SavedSnapshot made =
                    store.receive(new SnapshotRequest(name, spec, manifest.volumes(), labels), source, deadline);
            drain(in);
            return made;
        } catch (IOException | CofferdamException | UncheckedIOException failure) {
            TarInput.Malformed malformed = malformed(failure);
            if (malformed != null) {
                throw refused(where, malformed);
            }
            if (failure instanceof CofferdamException told) {
                throw told;
            }
            boolean damaged = failure instanceof EOFException || failure instanceof ZipException;
            throw damaged
                    ? refused(where, new IOException("its compression is damaged: " + failure.getMessage(), failure))
                    : new StorageException(
                            "could not import " + where + ": it cannot be read: " + failure.getMessage(), failure);
        }
    }

    private static TarInput.@Nullable Malformed malformed(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TarInput.Malformed malformed) {
                return malformed;
            }
        }
        return null;
    }

    private EnvironmentSpec onThisEngine(EnvironmentSpec spec, String where, Deadline deadline) {
        EnvironmentSpec.Builder builder = spec.toBuilder().withoutTemplate();
        options.image().ifPresent(builder::withImage);
        EnvironmentSpec changed = builder.build();
        if (!session.driver.capabilities().has(Capability.IMAGES)) {
            return changed;
        }
        String image = changed.image()
                .orElseThrow(() -> new InvalidInputException(
                        where,
                        List.of(new Problem(
                                "image",
                                "the archive holds files and no system, and the " + session.engine()
                                        + " engine needs an image to lay them over",
                                "name one that has what '"
                                        + changed.command().stream().findFirst().orElse("the command")
                                        + "' needs in the import options"))));
        deadline.check("importing a snapshot from " + where);
        if (changed.pullPolicy() != PullPolicy.NEVER
                && session.driver.images().find(image).isEmpty()) {
            session.driver.images().pull(image);
        }
        return changed;
    }

    private static InputStream unzipped(InputStream in) throws IOException {
        BufferedInputStream buffered = new BufferedInputStream(in, 64 * 1024);
        buffered.mark(2);
        int first = buffered.read();
        int second = buffered.read();
        buffered.reset();
        return first == 0x1f && second == 0x8b ? new GZIPInputStream(buffered, 64 * 1024) : buffered;
    }

    private static void drain(InputStream in) throws IOException {
        byte[] waste = new byte[8 * 1024];
        int count;
        do {
            count = in.read(waste);
        } while (count >= 0);
    }

    private static InvalidInputException refused(String where, IOException why) {
        InvalidInputException refused = new InvalidInputException(
                "the archive " + where, List.of(Problem.at("archive", String.valueOf(why.getMessage()))));
        refused.initCause(why);
        return refused;
    }
}
