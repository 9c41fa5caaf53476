package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.ImportOptions;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Snapshot;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Saves an environment, goes back, makes others of it, and moves it between engines. */
@Command(
        name = "snapshot",
        description = {
            "Keeps the files, named volumes and specification of an environment.",
            "It may run, be paused or stopped. Without a name the snapshot is called after the environment and the time."
        })
final class SnapshotCommand extends EngineCommand {

    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT).withZone(ZoneOffset.UTC);

    @Parameters(index = "0", paramLabel = "NAME", description = "the environment")
    private String name = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "SNAPSHOT", description = "the name of the snapshot")
    @Nullable
    private String snapshot;

    @Option(names = "--label", paramLabel = "KEY=VALUE", description = "a label of the snapshot; can be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Override
    int run(Orchestrator engine) {
        String wanted = snapshot == null ? stamped(name) : snapshot;
        tell(this, engine.environments().get(name).snapshot(wanted, labels));
        return ExitCode.DONE;
    }

    /** A name nobody has to think of, within the 63 characters of one. */
    private static String stamped(String name) {
        String stamp = "-" + STAMP.format(Instant.now());
        return name.substring(0, Math.min(name.length(), 63 - stamp.length())) + stamp;
    }

    /** Says which snapshot came about. */
    private static void tell(EngineCommand command, Snapshot snapshot) {
        if (command.json()) {
            command.print(document(snapshot));
        } else {
            command.terminal().out().println(snapshot.name());
        }
    }

    private static Map<String, @Nullable Object> document(Snapshot snapshot) {
        Map<String, @Nullable Object> document = Json.object();
        document.put("name", snapshot.name());
        document.put("id", snapshot.id());
        document.put("environment", snapshot.environment());
        document.put("engine", snapshot.engine());
        document.put("created", snapshot.created().toString());
        document.put("size", snapshot.size());
        document.put("volumes", snapshot.volumes());
        document.put("labels", new TreeMap<>(snapshot.labels()));
        return document;
    }

    private static void named(EngineCommand command, IsolatedEnvironment environment) {
        if (command.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("name", environment.name());
            document.put("id", environment.id());
            command.print(document);
        } else {
            command.terminal().out().println(environment.name());
        }
    }

    /** Lists and removes snapshots. */
    @Command(name = "snapshots", description = "Lists snapshots; with --rm removes those named.")
    static final class Listing extends EngineCommand {

        @Option(
                names = "--label",
                paramLabel = "KEY[=VALUE]",
                description = "only those with this label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Option(names = "--rm", description = "remove the snapshots named")
        private boolean remove;

        @Parameters(arity = "0..*", paramLabel = "SNAPSHOT", description = "only these")
        private List<String> names = new ArrayList<>();

        @Override
        void check() {
            if (remove && names.isEmpty()) {
                throw usage("--rm removes the snapshots that are named; name some");
            }
        }

        @Override
        int run(Orchestrator engine) {
            List<Snapshot> shown = names.isEmpty()
                    ? engine.snapshots().list(Selection.selector(labels, null))
                    : names.stream().map(engine.snapshots()::get).toList();
            if (remove) {
                shown.forEach(snapshot -> engine.snapshots().remove(snapshot.name()));
            }
            if (json()) {
                Map<String, @Nullable Object> document = Json.object();
                document.put(
                        remove ? "removed" : "snapshots",
                        shown.stream().map(SnapshotCommand::document).toList());
                print(document);
            } else if (remove) {
                shown.forEach(snapshot -> terminal().out().println(snapshot.name()));
            } else {
                Table table = new Table("NAME", "ENVIRONMENT", "CREATED", "SIZE", "VOLUMES");
                shown.forEach(snapshot -> table.row(
                        snapshot.name(),
                        snapshot.environment(),
                        snapshot.created().toString(),
                        DataSize.format(snapshot.size()),
                        String.join(",", snapshot.volumes())));
                table.print(terminal());
            }
            return ExitCode.DONE;
        }
    }

    /** Goes back. */
    @Command(
            name = "restore",
            description = "Takes an environment back to a snapshot: files, named volumes and specification.")
    static final class Restore extends EngineCommand {

        @Parameters(index = "0", paramLabel = "NAME", description = "the environment")
        private String name = "";

        @Parameters(index = "1", paramLabel = "SNAPSHOT", description = "a snapshot of it")
        private String snapshot = "";

        @Override
        int run(Orchestrator engine) {
            IsolatedEnvironment environment = engine.environments().get(name);
            environment.restore(engine.snapshots().get(snapshot));
            named(this, environment);
            return ExitCode.DONE;
        }
    }

    /** Makes another environment. */
    @Command(
            name = "fork",
            description = {
                "Makes another environment of a snapshot and starts it.",
                "It has volumes of its own, called NAME-VOLUME, and chosen ports instead of fixed ones."
            })
    static final class Fork extends EngineCommand {

        @Parameters(index = "0", paramLabel = "SNAPSHOT", description = "the snapshot")
        private String snapshot = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "the name of the new environment")
        private String name = "";

        @Option(names = "--no-start", description = "only make it")
        private boolean notStarted;

        @Override
        int run(Orchestrator engine) {
            IsolatedEnvironment fork =
                    engine.snapshots().fork(engine.snapshots().get(snapshot), name);
            if (!notStarted) {
                start(engine, fork);
            }
            named(this, fork);
            return ExitCode.DONE;
        }

        /** A fork that does not start is of no use under its name. */
        private static void start(Orchestrator engine, IsolatedEnvironment fork) {
            try {
                fork.start();
            } catch (RuntimeException failed) {
                fork.remove();
                for (Mount mount : fork.spec().mounts()) {
                    if (mount instanceof Mount.Volume own) {
                        engine.volumes().remove(own.volume());
                    }
                }
                throw failed;
            }
        }
    }

    /** Writes an archive. */
    @Command(
            name = "export",
            description = {
                "Writes a snapshot, or an environment as it is now, to a portable archive.",
                "The archive is compressed if its name ends with .gz or .tgz."
            })
    static final class Export extends EngineCommand {

        @Parameters(index = "0", paramLabel = "NAME|SNAPSHOT", description = "an environment or a snapshot")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "the archive")
        private Path file = Path.of("");

        @Override
        int run(Orchestrator engine) {
            Optional<Snapshot> kept = engine.snapshots().find(name);
            if (kept.isPresent()) {
                engine.snapshots().exportTo(kept.get(), file);
            } else {
                Snapshot passing = engine.environments().get(name).snapshot(stamped(name));
                try {
                    engine.snapshots().exportTo(passing, file);
                } finally {
                    engine.snapshots().remove(passing.name());
                }
            }
            if (json()) {
                Map<String, @Nullable Object> document = Json.object();
                document.put("name", name);
                document.put("file", file.toString());
                print(document);
            }
            return ExitCode.DONE;
        }
    }

    /** Reads an archive. */
    @Command(
            name = "import",
            description = {
                "Makes a snapshot of a portable archive; fork makes an environment of that.",
                "On an engine with images the files are laid over one: --image, else the one the archive names."
            })
    static final class Import extends EngineCommand {

        @Parameters(index = "0", paramLabel = "FILE", description = "the archive")
        private Path file = Path.of("");

        @Option(names = "--name", paramLabel = "NAME", description = "the name of the snapshot, else the one it had")
        @Nullable
        private String name;

        @Option(names = "--image", paramLabel = "IMAGE", description = "the image to lay the files over")
        @Nullable
        private String image;

        @Option(names = "--limit", paramLabel = "SIZE", description = "how much the files may take, for example 64g")
        @Nullable
        private String limit;

        @Override
        int run(Orchestrator engine) {
            ImportOptions options = ImportOptions.ofDefaults();
            options = name == null ? options : options.withName(name);
            options = image == null ? options : options.withImage(image);
            options = limit == null ? options : options.withLimit(DataSize.parse(limit));
            tell(this, engine.snapshots().importFrom(file, options));
            return ExitCode.DONE;
        }
    }
}
