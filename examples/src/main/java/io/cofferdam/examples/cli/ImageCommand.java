package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageQuery;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import io.cofferdam.resource.RemovedImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands for images that take little to say; {@link BuildCommand} is the other one. */
final class ImageCommand {

    private ImageCommand() {}

    /** Lists images. */
    @Command(name = "images", description = "Lists the images the engine has.")
    static final class Listing extends EngineCommand {

        @Option(
                names = "--filter",
                paramLabel = "F",
                description = "label=KEY[=VALUE], reference=PATTERN or dangling=true; can be repeated")
        private List<String> filters = new ArrayList<>();

        @Override
        void check() {
            query();
        }

        private ImageQuery query() {
            ImageQuery query = filters.contains("dangling=true") ? ImageQuery.dangling() : ImageQuery.tagged();
            LabelSelector labels = LabelSelector.all();
            for (String filter : filters) {
                int equals = filter.indexOf('=');
                String value = filter.substring(equals + 1);
                switch (equals < 0 ? "" : filter.substring(0, equals)) {
                    case "label" -> {
                        int second = value.indexOf('=');
                        labels = labels.and(
                                second < 0 ? value : value.substring(0, second),
                                second < 0 ? "" : value.substring(second + 1));
                    }
                    case "reference" -> query = query.withReference(value);
                    case "dangling" -> {
                        if (!value.matches("true|false")) {
                            throw usage("--filter " + filter + ": dangling is true or false");
                        }
                    }
                    default ->
                        throw usage("--filter " + filter
                                + ": a filter is label=KEY[=VALUE], reference=PATTERN or dangling=true");
                }
            }
            return query.withLabels(labels);
        }

        @Override
        int run(Orchestrator engine) {
            List<Image> images = engine.images().list(query());
            if (json()) {
                Map<String, @Nullable Object> document = Json.object();
                document.put(
                        "images", images.stream().map(ImageDocuments::image).toList());
                print(document);
                return ExitCode.DONE;
            }
            Table table = new Table("IMAGE", "ID", "PLATFORM", "SIZE", "CREATED");
            for (Image image : images) {
                List<String> names = image.tags().isEmpty() ? List.of("") : image.tags();
                names.forEach(name -> table.row(
                        name,
                        shortId(image),
                        image.operatingSystem() + "/" + image.architecture(),
                        DataSize.format(image.size()),
                        image.created()));
            }
            table.print(terminal());
            return ExitCode.DONE;
        }
    }

    /** Fetches an image. */
    @Command(name = "pull", description = "Fetches an image from its registry.")
    static final class Pull extends EngineCommand {

        @Parameters(paramLabel = "IMAGE", description = "for example redis:7")
        private String image = "";

        @Option(names = "--platform", paramLabel = "OS/ARCH", description = "for example linux/arm64")
        @Nullable
        private String platform;

        @Override
        int run(Orchestrator engine) {
            Image pulled;
            try (LayerLines lines = new LayerLines(terminal(), json())) {
                PullSpec spec = PullSpec.of(image).onProgress(lines::show);
                pulled = engine.images().pull(platform == null ? spec : spec.withPlatform(platform));
            }
            if (json()) {
                print(ImageDocuments.image(pulled));
            } else {
                terminal().out().println(Text.visible(pulled.id()));
            }
            return ExitCode.DONE;
        }
    }

    /** Sends an image to its registry. */
    @Command(name = "push", description = "Sends an image to its registry; prints the digest it has there.")
    static final class Push extends EngineCommand {

        @Parameters(paramLabel = "IMAGE", description = "for example registry.example/shop/web:2")
        private String image = "";

        @Override
        int run(Orchestrator engine) {
            PushedImage pushed;
            try (LayerLines lines = new LayerLines(terminal(), json())) {
                pushed = engine.images().push(PushSpec.of(image).onProgress(lines::show));
            }
            if (json()) {
                print(ImageDocuments.pushed(pushed));
            } else {
                terminal().out().println(Text.visible(pushed.digest()));
            }
            return ExitCode.DONE;
        }
    }

    /** Names an image. */
    @Command(name = "tag", description = "Gives an image another name.")
    static final class Tag extends EngineCommand {

        @Parameters(index = "0", paramLabel = "IMAGE", description = "a name or an identifier")
        private String image = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "the new name")
        private String name = "";

        @Override
        int run(Orchestrator engine) {
            Image tagged = engine.images().tag(image, name);
            if (json()) {
                print(ImageDocuments.image(tagged));
            }
            return ExitCode.DONE;
        }
    }

    /** Removes images. */
    @Command(name = "rmi", description = "Removes images; one that is not there is none to remove.")
    static final class Remove extends EngineCommand {

        @Parameters(arity = "1..*", paramLabel = "IMAGE", description = "names or identifiers")
        private List<String> images = new ArrayList<>();

        @Option(
                names = {"-f", "--force"},
                description = "also while a stopped environment uses it, and all names of an identifier")
        private boolean force;

        @Override
        int run(Orchestrator engine) {
            List<Map<String, @Nullable Object>> results = new ArrayList<>();
            int exitCode = ExitCode.DONE;
            for (String image : images) {
                try {
                    RemovedImages removed = engine.images().remove(image, force);
                    Map<String, @Nullable Object> document = ImageDocuments.removed(image, removed);
                    document.put("error", null);
                    results.add(document);
                    if (!json()) {
                        removed.untagged().forEach(name -> terminal().out().println("untagged " + Text.visible(name)));
                        removed.deleted().forEach(id -> terminal().out().println("deleted " + Text.visible(id)));
                    }
                } catch (InvalidInputException bad) {
                    throw bad;
                } catch (CofferdamException failed) {
                    if (images.size() == 1) {
                        throw failed;
                    }
                    exitCode = ExitCode.FAILED;
                    Map<String, @Nullable Object> document =
                            ImageDocuments.removed(image, new RemovedImages(List.of(), List.of(), 0));
                    document.put("error", Failures.document(failed));
                    results.add(document);
                    if (!json()) {
                        terminal().err().println("cofferdam: " + Text.visibleLines(Failures.message(failed)));
                    }
                }
            }
            if (json()) {
                Map<String, @Nullable Object> document = Json.object();
                document.put("results", results);
                print(document);
            }
            return exitCode;
        }
    }

    private static String shortId(Image image) {
        String digits = image.id().substring(image.id().indexOf(':') + 1);
        return digits.substring(0, Math.min(12, digits.length()));
    }

    /** Reads NAME=VALUE. */
    static Map.Entry<String, String> pair(String option, String text) {
        int equals = text.indexOf('=');
        if (equals < 1) {
            throw new InvalidInputException(
                    "command line",
                    List.of(new Problem(
                            option + " " + text.replaceFirst("=.*", "=…"), "it has no value", "write it NAME=VALUE")));
        }
        return Map.entry(text.substring(0, equals), text.substring(equals + 1));
    }
}
