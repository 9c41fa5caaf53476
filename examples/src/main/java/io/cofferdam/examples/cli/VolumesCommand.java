package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.resource.Volume;
import io.cofferdam.resource.VolumeSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Volumes by name; without a command of its own it lists them. */
@Command(
        name = "volumes",
        description = "Lists, makes and removes volumes.",
        subcommands = {
            VolumesCommand.Listing.class,
            VolumesCommand.Create.class,
            VolumesCommand.Remove.class,
            VolumesCommand.Prune.class
        })
final class VolumesCommand extends EngineCommand {

    @Override
    int run(Orchestrator engine) {
        return list(this, engine, LabelSelector.all(), false);
    }

    private static int list(EngineCommand command, Orchestrator engine, LabelSelector selector, boolean withSizes) {
        List<Volume> volumes = engine.volumes().list(selector);
        Map<String, Long> sizes = withSizes ? engine.volumes().sizes(selector) : Map.of();
        if (command.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put(
                    "volumes",
                    volumes.stream()
                            .map(volume -> Documents.volume(volume, sizes.get(volume.name())))
                            .toList());
            command.print(document);
            return ExitCode.DONE;
        }
        Table table = withSizes ? new Table("NAME", "CREATED", "BYTES") : new Table("NAME", "CREATED");
        for (Volume volume : volumes) {
            String created = volume.createdAt().map(Object::toString).orElse("");
            if (withSizes) {
                Long size = sizes.get(volume.name());
                table.row(volume.name(), created, size == null ? "" : size.toString());
            } else {
                table.row(volume.name(), created);
            }
        }
        table.print(command.terminal());
        return ExitCode.DONE;
    }

    /** Lists volumes. */
    @Command(name = "ls", description = "Lists volumes.")
    static final class Listing extends EngineCommand {

        @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "those with this label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Option(names = "--size", description = "with their sizes, for which the engine may look at every file")
        private boolean sizes;

        @Override
        int run(Orchestrator engine) {
            return list(this, engine, new LabelSelector(labels), sizes);
        }
    }

    /** Makes a volume. */
    @Command(name = "create", description = "Makes a volume, which stays until it is removed.")
    static final class Create extends EngineCommand {

        @Parameters(paramLabel = "NAME", description = "its name")
        private String name = "";

        @Option(names = "--label", paramLabel = "K=V", description = "a label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Override
        int run(Orchestrator engine) {
            Volume made = engine.volumes().create(new VolumeSpec(name, labels, Lifetime.persistent()));
            if (json()) {
                print(Documents.volume(made, null));
            } else {
                terminal().out().println(made.name());
            }
            return ExitCode.DONE;
        }
    }

    /** Removes volumes. */
    @Command(name = "rm", description = "Removes volumes that no environment uses, with what is stored in them.")
    static final class Remove extends EngineCommand {

        @Parameters(arity = "1..*", paramLabel = "NAME", description = "volumes")
        private List<String> names = new ArrayList<>();

        @Override
        int run(Orchestrator engine) {
            return Removals.each(this, names, name -> {
                engine.volumes().remove(name);
                return "";
            });
        }
    }

    /** Removes what nobody uses. */
    @Command(name = "prune", description = "Removes volumes that no environment uses, with what is stored in them.")
    static final class Prune extends EngineCommand {

        @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "those with this label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Option(names = "--all", description = "every unused volume of this library on the engine")
        private boolean all;

        @Option(names = "--age", paramLabel = "D", description = "only those made at least that long ago")
        private Duration age = Duration.ZERO;

        @Override
        void check() {
            if (all != labels.isEmpty()) {
                throw usage("say which volumes: by --label KEY=VALUE, or --all");
            }
        }

        @Override
        int run(Orchestrator engine) {
            return Removals.told(this, engine.volumes().prune(new LabelSelector(labels), age));
        }
    }
}
