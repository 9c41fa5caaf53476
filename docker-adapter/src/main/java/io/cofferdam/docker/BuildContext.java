package io.cofferdam.docker;

import io.cofferdam.driver.IgnoreRules;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.UnsafePathException;
import io.cofferdam.resource.BuildSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What the engine builds from, written as an archive while it is sent: no more than a piece of a file is in memory at once.
 * Links are written as links. The files the engine itself reads are sent even if they are to be left out; it takes them out
 * of the context afterwards.
 */
final class BuildContext {

    private static final String IGNORE_FILE = ".dockerignore";

    /** More than anybody writes by hand; what is larger is no Dockerfile. */
    private static final long MOST_TEXT = 8L * 1024 * 1024;

    private final @Nullable Path folder;
    private final Map<String, BuildSpec.ContextFile> files;
    private final IgnoreRules rules;
    private final String dockerfile;
    private final String dockerfileText;

    private BuildContext(
            @Nullable Path folder,
            Map<String, BuildSpec.ContextFile> files,
            IgnoreRules rules,
            String dockerfile,
            String dockerfileText) {
        this.folder = folder;
        this.files = files;
        this.rules = rules;
        this.dockerfile = dockerfile;
        this.dockerfileText = dockerfileText;
    }

    /**
     * Finds everything out that can be wrong before anything is sent.
     *
     * @throws UnsafePathException if the Dockerfile lies outside the context
     */
    static BuildContext of(Operation operation, BuildSpec spec) {
        Path folder = spec.folder().map(path -> real(operation, path)).orElse(null);
        Map<String, BuildSpec.ContextFile> files = new LinkedHashMap<>(spec.contextFiles());
        Optional<String> text = spec.dockerfileText();
        String name = text.map(given -> ".dockerfile." + Digests.sha256(given).substring(0, 20))
                .orElse(spec.dockerfilePath());
        String ignored = read(operation, folder, files, IGNORE_FILE).orElse("");
        IgnoreRules rules = rules(operation, ignored);
        if (text.isPresent()) {
            // The engine leaves out what the rules name, so a Dockerfile that is no file of the context never becomes
            // one.
            boolean own = ignored.isEmpty() || rules.leavesOut(IGNORE_FILE);
            files.put(IGNORE_FILE, file(ignored + "\n" + name + "\n" + (own ? IGNORE_FILE + "\n" : "")));
            files.put(name, file(text.get()));
        }
        String content = read(operation, folder, files, name)
                .orElseThrow(() -> new NotFoundException(operation.failed("there is no file '" + name + "' in "
                        + (folder == null ? "the context" : "'" + folder + "'") + "; name the Dockerfile")));
        return new BuildContext(folder, files, rules, name, content);
    }

    private static IgnoreRules rules(Operation operation, String text) {
        try {
            return IgnoreRules.parse(text);
        } catch (IllegalArgumentException malformed) {
            InvalidInputException invalid = new InvalidInputException(
                    operation.doing(), List.of(Problem.at(IGNORE_FILE, String.valueOf(malformed.getMessage()))));
            invalid.initCause(malformed);
            throw invalid;
        }
    }

    private static BuildSpec.ContextFile file(String text) {
        return new BuildSpec.ContextFile(text.getBytes(StandardCharsets.UTF_8), false);
    }

    private static Path real(Operation operation, Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new NotFoundException(operation.failed("there is no folder '" + folder + "' to build from"));
        }
        try {
            return folder.toRealPath();
        } catch (IOException unreadable) {
            throw unreadable(operation, folder, unreadable);
        }
    }

    /** The text of a file of the context; empty if there is none. */
    private static Optional<String> read(
            Operation operation, @Nullable Path folder, Map<String, BuildSpec.ContextFile> files, String name) {
        BuildSpec.ContextFile inMemory = files.get(name);
        if (inMemory != null) {
            return Optional.of(new String(inMemory.content(), StandardCharsets.UTF_8));
        }
        Path path = folder == null ? null : folder.resolve(name);
        if (folder == null || path == null || !Files.isRegularFile(path)) {
            return Optional.empty();
        }
        try {
            if (!path.toRealPath().startsWith(folder)) {
                throw new UnsafePathException(operation.failed("'" + name + "' is a link that leads out of '" + folder
                        + "'; put the file into the context, or give the Dockerfile's text"));
            }
            if (Files.size(path) > MOST_TEXT) {
                throw new InvalidInputException(
                        operation.doing(), List.of(Problem.at(name, "it is larger than 8 MiB and no text")));
            }
            return Optional.of(new String(Files.readAllBytes(path), StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw unreadable(operation, path, unreadable);
        }
    }

    private static StorageException unreadable(Operation operation, Path path, IOException fault) {
        return new StorageException(operation.failed("'" + path + "' cannot be read: " + fault.getMessage()), fault);
    }

    /** The Dockerfile's path in the context. */
    String dockerfile() {
        return dockerfile;
    }

    String dockerfileText() {
        return dockerfileText;
    }

    /** A fault of the folder is unchecked, one of the connection is not. */
    void writeTo(OutputStream out) throws IOException {
        TarArchiveOutputStream tar = TarWriter.open(out);
        if (folder != null) {
            writeChildren(tar, folder, "");
        }
        for (Map.Entry<String, BuildSpec.ContextFile> file : files.entrySet()) {
            if (isSent(file.getKey())) {
                BuildSpec.ContextFile content = file.getValue();
                TarWriter.writeBytes(tar, file.getKey(), content.content(), content.executable() ? 0755 : 0644);
            }
        }
        tar.finish();
        tar.flush();
    }

    private void writeChildren(TarArchiveOutputStream tar, Path directory, String prefix) throws IOException {
        for (Path child : TarWriter.children(directory)) {
            String name = prefix + child.getFileName();
            boolean isFolder = Files.isDirectory(child, java.nio.file.LinkOption.NOFOLLOW_LINKS);
            if (isSent(name)) {
                if (!files.containsKey(name)) {
                    TarWriter.writeOne(tar, child, name);
                }
            } else if (!rules.mayTakeBack() && !dockerfile.startsWith(name + "/")) {
                continue;
            }
            if (isFolder) {
                writeChildren(tar, child, name + "/");
            }
        }
    }

    private boolean isSent(String name) {
        return name.equals(dockerfile) || name.equals(IGNORE_FILE) || !rules.leavesOut(name);
    }
}
