package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.PlacedFile;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Copies files in and out through the engine's archives, which works on containers that do not run, too. */
final class Archives {

    /** The bit of a directory in the modes the engine tells. */
    private static final long DIRECTORY = 1L << 31;

    /** The bit of a symbolic link. */
    private static final long LINK = 1L << 27;

    /** As many links as Linux follows. */
    private static final int MAX_LINKS = 40;

    private final EngineHttp http;
    private final Names names;

    Archives(EngineHttp http, Names names) {
        this.http = http;
        this.names = names;
    }

    /** What the engine tells of a path. */
    private record Stat(boolean directory, boolean link, String linkTarget) {}

    void copyIn(String id, Path source, String target, Deadline deadline) {
        Operation operation =
                Operation.of("copy", "copying", "'" + source + "' to '" + target + "' in " + names.of(id));
        InsidePath to = InsidePath.parse(operation, target);
        if (!Files.exists(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new NotFoundException(operation.failed("there is no such file or directory on this host"));
        }
        if (to.isRoot() && !Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
            throw new InvalidInputException(
                    "target '" + target + "'",
                    List.of(Problem.at("target", "the root of the environment cannot be replaced by a file")));
        }
        // Only what is missing may be in the archive: an entry for a folder that exists would change its mode.
        InsidePath existing = to.parent();
        while (!existing.isRoot() && stat(operation, id, existing, deadline).isEmpty()) {
            existing = existing.parent();
        }
        TarWriter tar = new TarWriter(source, to.below(existing));
        HttpRequest request = HttpRequest.put(
                Containers.path(id, "/archive?noOverwriteDirNonDir=1&path=" + Query.encode(existing.toString())),
                "application/x-tar",
                tar::writeTo);
        try {
            // An archive is as long as it is, so this is no call among others that wait for a connection.
            http.stream(operation, request, deadline, (reply, connection) -> reply.status());
        } catch (Refusal refusal) {
            throw refused(operation, refusal);
        } catch (UncheckedIOException unreadable) {
            throw new StorageException(
                    operation.failed("it cannot be read: " + String.valueOf(unreadable.getMessage())), unreadable);
        }
    }

    /** One call, whatever their number: folders that are missing above them are made by the engine. */
    void place(String id, List<PlacedFile> files, Deadline deadline) {
        Operation operation = Operation.of("copy", "copying", "the files of secrets and configs to " + names.of(id));
        HttpRequest request = HttpRequest.put(
                Containers.path(id, "/archive?noOverwriteDirNonDir=1&path=%2F"), "application/x-tar", out -> {
                    TarArchiveOutputStream tar = TarWriter.open(out);
                    for (PlacedFile file : files) {
                        InsidePath target = InsidePath.parse(operation, file.target());
                        TarWriter.writePlaced(tar, target.toString().substring(1), file);
                    }
                    tar.finish();
                    tar.flush();
                });
        try {
            http.stream(operation, request, deadline, (reply, connection) -> reply.status());
        } catch (Refusal refusal) {
            throw refused(operation, refusal);
        }
    }

    void copyOut(String id, String source, Path target, Deadline deadline) {
        Operation operation =
                Operation.of("copy", "copying", "'" + source + "' in " + names.of(id) + " to '" + target + "'");
        InsidePath from = followed(operation, id, InsidePath.parse(operation, source), deadline);
        HttpRequest request = HttpRequest.get(Containers.path(id, "/archive?path=" + Query.encode(from.toString())));
        try (Staging staging = Staging.beside(target)) {
            http.stream(operation, request, deadline, (reply, connection) -> {
                new TarReader(operation, staging, from.name()).read(reply.body());
                return true;
            });
            staging.moveToTarget(operation);
        } catch (Refusal refusal) {
            throw refused(operation, refusal);
        } catch (IOException | UncheckedIOException unwritable) {
            throw new StorageException(
                    operation.failed("it cannot be written: " + String.valueOf(unwritable.getMessage())), unwritable);
        }
    }

    /** The path that links lead to, as they are seen inside: who names a link wants what it stands for. */
    private InsidePath followed(Operation operation, String id, InsidePath path, Deadline deadline) {
        InsidePath current = path;
        for (int i = 0; i < MAX_LINKS; i++) {
            Stat stat = stat(operation, id, current, deadline)
                    .orElseThrow(() -> new NotFoundException(operation.failed("there is no such path inside")));
            if (!stat.link() || current.isRoot()) {
                return current;
            }
            // The engine tells the target as an absolute path inside.
            String target = stat.linkTarget();
            current = InsidePath.parse(operation, target.startsWith("/") ? target : current.parent() + "/" + target);
        }
        throw new UnsafePathException(operation.failed("its symbolic links lead in a circle"));
    }

    private Optional<Stat> stat(Operation operation, String id, InsidePath path, Deadline deadline) {
        HttpRequest request = HttpRequest.head(Containers.path(id, "/archive?path=" + Query.encode(path.toString())));
        try {
            return http.call(operation, request, deadline, reply -> {
                String header = reply.header("X-Docker-Container-Path-Stat").orElse("");
                JsonNode stat = Json.read(Base64.getDecoder().decode(header));
                long mode = stat.path("mode").asLong(0);
                return Optional.of(new Stat(
                        (mode & DIRECTORY) != 0,
                        (mode & LINK) != 0,
                        stat.path("linkTarget").asText("")));
            });
        } catch (Refusal refusal) {
            // The answer to HEAD has no text, so a missing container is found out by what follows.
            if (refusal.status() == 404 || refusal.status() == 400) {
                return Optional.empty();
            }
            throw refused(operation, refusal);
        }
    }

    private static CofferdamException refused(Operation operation, Refusal refusal) {
        String reason = refusal.reason();
        String lower = reason.toLowerCase(Locale.ROOT);
        if (refusal.status() == 404 && lower.contains("no such container")) {
            return Faults.container(operation, refusal);
        }
        if (refusal.status() == 404) {
            return new NotFoundException(operation.failed("there is no such path inside"), refusal);
        }
        if (lower.contains("cannot overwrite") || lower.contains("not a directory")) {
            return new WrongStateException(
                    operation.failed("a file and a directory cannot replace each other (" + reason + ")"), refusal);
        }
        if (lower.contains("read-only") || lower.contains("no space left")) {
            return new StorageException(operation.failed(reason), refusal);
        }
        return Faults.container(operation, refusal);
    }
}
