package io.cofferdam.pipeline;

import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The artifacts of a step, as files of its run. */
final class Artifacts implements StepArtifacts {

    private final RunFolder files;
    private final String step;
    private final StepConfig config;

    Artifacts(RunFolder files, String step, Map<String, @Nullable Object> settings) {
        this.files = files;
        this.step = step;
        this.config = new StepConfig(settings).within("artifacts");
    }

    @Override
    public boolean hasIn() {
        return config.has("in");
    }

    @Override
    public boolean hasOut() {
        return config.has("out");
    }

    /** The host's paths of what is brought in. */
    List<Path> in() {
        return config.each("in").stream()
                .map(each -> files.artifact(each.required("step"), each.required("name")))
                .toList();
    }

    /** Names and the host's paths of what is kept. */
    Map<String, Path> out() {
        Map<String, Path> paths = new java.util.TreeMap<>();
        config.pairs("out").keySet().forEach(name -> paths.put(name, files.artifact(step, name)));
        return paths;
    }

    @Override
    public void copyIn(IsolatedEnvironment environment) {
        for (StepConfig each : config.each("in")) {
            Path file = files.artifact(each.required("step"), each.required("name"));
            if (!Files.exists(file)) {
                throw new StepFailedException(
                        "step '" + step + "' wants '" + each.required("name") + "' of step '" + each.required("step")
                                + "', which kept none; it may have been skipped",
                        FaultClass.USER,
                        null);
            }
            environment.copyIn(file, each.required("to"));
        }
    }

    @Override
    public void copyOut(IsolatedEnvironment environment) {
        config.pairs("out").forEach((name, inside) -> {
            Path target = files.artifact(step, name);
            String path = inside instanceof Secret secret ? secret.reveal() : String.valueOf(inside);
            try {
                remove(target);
                environment.copyOut(path, target);
            } catch (NotFoundException none) {
                throw new StepFailedException(
                        "step '" + step + "' was to keep '" + path + "' as '" + name + "', and there is no such path: "
                                + none.getMessage(),
                        FaultClass.USER,
                        none);
            }
        });
    }

    /** What an earlier attempt kept is not mixed with what this one keeps. */
    static void remove(Path tree) {
        if (!Files.exists(tree)) {
            return;
        }
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException failed) {
            throw new io.cofferdam.error.StorageException(
                    "could not remove '" + tree + "': " + failed + "; see whether it may be written", failed);
        }
    }
}
