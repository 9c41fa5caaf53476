package io.cofferdam.pipeline;

import io.cofferdam.error.StorageException;
import io.cofferdam.pipeline.steps.FileDigest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Results of steps by what they depend on: their type, their configuration, the results they refer to, the files they name. Every use
 * leaves an explanation: why the results were taken, or what is another than last time.
 */
final class StepCache {

    private static final int KEPT = 20;

    private final Path directory;
    private final RunFacts facts;
    private final Map<Integer, String> notes = new ConcurrentHashMap<>();

    private final java.time.Clock clock;

    StepCache(Path directory, RunFacts facts, java.time.Clock clock) {
        this.clock = clock;
        this.directory = directory.resolve("cache");
        this.facts = facts;
    }

    /** What there is to say about the last use for a step; empty if it has no cache. */
    String note(Node node) {
        return notes.getOrDefault(node.index, "");
    }

    /** The step's own provider, or one that looks into the cache first. */
    StepProvider around(Node node, Map<String, @Nullable Object> settings) {
        Object wanted = settings.get("cache");
        if (wanted == null || Boolean.FALSE.equals(Data.truth(wanted))) {
            return node.provider();
        }
        return new StepProvider() {
            @Override
            public String type() {
                return node.provider().type();
            }

            @Override
            public StepSchema schema() {
                return node.provider().schema();
            }

            @Override
            public Map<String, ?> run(StepContext context) throws InterruptedException {
                return use(node, settings, context);
            }
        };
    }

    private Map<String, ?> use(Node node, Map<String, @Nullable Object> settings, StepContext context)
            throws InterruptedException {
        Artifacts artifacts = new Artifacts(facts.files(), node.name, settings);
        Path folder =
                directory.resolve(RunFolder.fileName(facts.pipeline().name())).resolve(RunFolder.fileName(node.name));
        Map<String, String> parts;
        String key;
        Path entry;
        try {
            parts = parts(node, settings, context, artifacts);
            key = RunFolder.digest(Data.json(parts));
            entry = folder.resolve(key);
            if (Files.exists(entry.resolve("results.json"))) {
                Map<String, @Nullable Object> results = Data.parseMap(Files.readString(entry.resolve("results.json")));
                if (node.provider().isStillThere(context, results)) {
                    for (Map.Entry<String, Path> out : artifacts.out().entrySet()) {
                        Artifacts.remove(out.getValue());
                        copy(entry.resolve("artifacts").resolve(RunFolder.fileName(out.getKey())), out.getValue());
                    }
                    Files.setLastModifiedTime(entry, FileTime.from(clock.instant()));
                    notes.put(
                            node.index,
                            "taken from the cache: all " + parts.size() + " things it depends on are as they were (key "
                                    + key.substring(0, 12) + ")");
                    return results;
                }
                notes.put(node.index, "not taken from the cache: what it had made is not there any more");
            } else {
                notes.put(node.index, miss(folder, parts));
            }
        } catch (IOException unreadable) {
            throw new StorageException(
                    "the cache of step '" + node.name + "' in '" + folder + "' cannot be used: " + unreadable
                            + "; see its rights and the room there, or remove it",
                    unreadable);
        }
        Map<String, ?> results = node.provider().run(context);
        try {
            keep(folder, entry, parts, results, artifacts);
        } catch (IOException full) {
            notes.put(node.index, note(node) + "; the results could not be kept: " + full);
        }
        return results;
    }

    private Map<String, String> parts(
            Node node, Map<String, @Nullable Object> settings, StepContext context, Artifacts artifacts)
            throws IOException {
        Map<String, String> parts = new TreeMap<>();
        parts.put("type", node.step().type());
        byte[] salt = salt();
        StepConfig config = StepConfig.of(settings, node.provider().schema().group());
        config.all().forEach((field, value) -> parts.put("config." + field, digest(value, salt)));
        for (String common : List.of("engine", "services", "artifacts")) {
            if (settings.containsKey(common)) {
                parts.put(common, digest(settings.get(common), salt));
            }
        }
        parts.putAll(node.provider().inputs(context));
        for (Path in : artifacts.in()) {
            parts.put("artifact " + in.getFileName(), FileDigest.of(in));
        }
        StepConfig cache = new StepConfig(settings).within("cache");
        cache.text("key").ifPresent(text -> parts.put("key", digest(text, salt)));
        for (String file : cache.texts("files")) {
            parts.put("file " + file, FileDigest.of(facts.folder().resolve(file)));
        }
        return parts;
    }

    private String miss(Path folder, Map<String, String> parts) throws IOException {
        List<Path> entries = entries(folder);
        if (entries.isEmpty()) {
            return "not in the cache: the step was not run with one before";
        }
        Map<String, @Nullable Object> former =
                Data.parseMap(Files.readString(entries.get(0).resolve("parts.json")));
        List<String> other = new ArrayList<>();
        parts.forEach((name, value) -> {
            if (!former.containsKey(name)) {
                other.add(name + " is new");
            } else if (!value.equals(former.get(name))) {
                other.add(name + " changed");
            }
        });
        former.keySet().stream().filter(name -> !parts.containsKey(name)).forEach(name -> other.add(name + " is gone"));
        return "not in the cache: since the last time " + String.join(", ", other);
    }

    /** The newest first. */
    private static List<Path> entries(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        Map<Path, FileTime> times = new HashMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) {
                if (Files.exists(each.resolve("parts.json"))
                        && !each.getFileName().toString().startsWith(".")) {
                    times.put(each, Files.getLastModifiedTime(each));
                }
            }
        }
        List<Path> entries = new ArrayList<>(times.keySet());
        entries.sort(Comparator.comparing((Path each) -> times.getOrDefault(each, FileTime.fromMillis(0)))
                .reversed());
        return entries;
    }

    private void keep(Path folder, Path entry, Map<String, String> parts, Map<String, ?> results, Artifacts artifacts)
            throws IOException {
        Files.createDirectories(folder);
        Path made = folder.resolve("." + UUID.randomUUID());
        Files.createDirectories(made.resolve("artifacts"));
        Files.writeString(made.resolve("parts.json"), Data.json(parts));
        for (Map.Entry<String, Path> out : artifacts.out().entrySet()) {
            copy(out.getValue(), made.resolve("artifacts").resolve(RunFolder.fileName(out.getKey())));
        }
        Files.writeString(made.resolve("results.json"), facts.mask().mask(Data.json(Data.sorted(Data.map(results)))));
        Artifacts.remove(entry);
        try {
            Files.move(made, entry, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException
                | AtomicMoveNotSupportedException
                | java.nio.file.DirectoryNotEmptyException e) {
            // Another run kept the same at the same time.
            Artifacts.remove(made);
        }
        List<Path> entries = entries(folder);
        for (Path old : entries.subList(Math.min(KEPT, entries.size()), entries.size())) {
            Artifacts.remove(old);
        }
    }

    /** A secret in a configuration counts too, and must not be guessed from its digest: it is salted. */
    private static String digest(@Nullable Object value, byte[] salt) {
        MessageDigest digest = RunFolder.sha256();
        digest.update(salt);
        feed(value, digest);
        return HexFormat.of().formatHex(digest.digest());
    }

    private static void feed(@Nullable Object value, MessageDigest digest) {
        if (value instanceof Secret secret) {
            digest.update(("secret " + secret.reveal()).getBytes(StandardCharsets.UTF_8));
        } else if (value instanceof Map<?, ?> map) {
            digest.update((byte) '{');
            new TreeMap<>(Data.map(map)).forEach((key, item) -> {
                digest.update(key.getBytes(StandardCharsets.UTF_8));
                digest.update((byte) 0);
                feed(item, digest);
            });
            digest.update((byte) '}');
        } else if (value instanceof List<?> list) {
            digest.update((byte) '[');
            list.forEach(item -> feed(item, digest));
            digest.update((byte) ']');
        } else {
            digest.update(Data.json(value).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
        }
    }

    private byte[] salt() throws IOException {
        Path file = directory.resolve("salt");
        if (!Files.exists(file)) {
            Files.createDirectories(directory);
            byte[] salt = new byte[32];
            new SecureRandom().nextBytes(salt);
            Path made = directory.resolve("." + UUID.randomUUID());
            Files.write(made, salt);
            Files.move(made, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readAllBytes(file);
    }

    private static void copy(Path from, Path to) throws IOException {
        if (!Files.exists(from)) {
            return;
        }
        Path parent = to.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        try (Stream<Path> walk = Files.walk(from)) {
            for (Path each : walk.toList()) {
                Files.copy(
                        each,
                        to.resolve(from.relativize(each).toString()),
                        LinkOption.NOFOLLOW_LINKS,
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}
