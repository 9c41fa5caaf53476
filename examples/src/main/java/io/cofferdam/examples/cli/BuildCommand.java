package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.resource.BuildOutput;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.Image;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Builds an image. */
@Command(
        name = "build",
        description = "Builds an image; prints its identifier, and on the standard error what the build says.")
final class BuildCommand extends EngineCommand {

    @Parameters(
            paramLabel = "PATH|-",
            description = "the folder to build from; - reads a Dockerfile from standard input")
    private String path = "";

    @Option(
            names = {"-f", "--file"},
            paramLabel = "FILE",
            description = "the Dockerfile, relative to the folder")
    @Nullable
    private String file;

    @Option(
            names = {"-t", "--tag"},
            paramLabel = "NAME",
            description = "a name for the image; can be repeated")
    private List<String> tags = new ArrayList<>();

    @Option(names = "--build-arg", paramLabel = "K=V", description = "a build argument; can be repeated")
    private List<String> arguments = new ArrayList<>();

    @Option(
            names = "--secret-build-arg",
            paramLabel = "K",
            description = "a build argument from the variable of that name, masked in all output; can be repeated")
    private List<String> secrets = new ArrayList<>();

    @Option(names = "--label", paramLabel = "K=V", description = "a label for the image; can be repeated")
    private List<String> labels = new ArrayList<>();

    @Option(names = "--cache-from", paramLabel = "IMAGE", description = "an image whose layers may be used again")
    private List<String> cacheFrom = new ArrayList<>();

    @Option(names = "--target", paramLabel = "STAGE", description = "the stage to stop after")
    @Nullable
    private String target;

    @Option(names = "--platform", paramLabel = "OS/ARCH", description = "for example linux/arm64")
    private List<String> platforms = new ArrayList<>();

    @Option(names = "--network", paramLabel = "NAME", description = "the network of the instructions")
    @Nullable
    private String network;

    @Option(names = "--no-cache", description = "do every instruction anew")
    private boolean noCache;

    @Option(names = "--pull", description = "fetch the images it begins with even if the engine has them")
    private boolean pull;

    @Override
    void check() {
        if (path.equals("-") && file != null) {
            throw usage("-f names a file of a folder; with - the Dockerfile is the standard input");
        }
        secrets.stream()
                .filter(name -> !terminal().variables().containsKey(name))
                .findFirst()
                .ifPresent(name -> {
                    throw usage("--secret-build-arg " + name + ": there is no variable of that name");
                });
    }

    @Override
    int run(Orchestrator engine) {
        Image image = engine.images().build(spec());
        if (json()) {
            print(ImageDocuments.image(image));
        } else {
            terminal().out().println(Text.visible(image.id()));
        }
        return ExitCode.DONE;
    }

    private BuildSpec spec() {
        BuildSpec.Builder spec = path.equals("-") ? BuildSpec.dockerfile(input()) : BuildSpec.context(Path.of(path));
        if (file != null) {
            spec.dockerfilePath(file);
        }
        tags.forEach(spec::tag);
        for (String argument : arguments) {
            Map.Entry<String, String> pair = ImageCommand.pair("--build-arg", argument);
            spec.buildArg(pair.getKey(), pair.getValue());
        }
        secrets.forEach(name -> spec.secretBuildArg(name, terminal().variables().getOrDefault(name, "")));
        for (String label : labels) {
            Map.Entry<String, String> pair = ImageCommand.pair("--label", label);
            spec.label(pair.getKey(), pair.getValue());
        }
        cacheFrom.forEach(spec::cacheFrom);
        platforms.forEach(spec::platform);
        if (target != null) {
            spec.target(target);
        }
        if (network != null) {
            spec.network(network);
        }
        if (noCache) {
            spec.noCache();
        }
        if (pull) {
            spec.pull();
        }
        return spec.onOutput(this::show).build();
    }

    private String input() {
        try {
            return new String(terminal().in().readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException broken) {
            throw new UncheckedIOException("the standard input cannot be read: " + broken.getMessage(), broken);
        }
    }

    private void show(BuildOutput output) {
        if (!json()) {
            terminal().err().println(Text.visible(output.text()));
        }
    }
}
