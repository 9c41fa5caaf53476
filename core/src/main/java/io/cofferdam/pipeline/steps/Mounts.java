package io.cofferdam.pipeline.steps;

import io.cofferdam.environment.Mount;
import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.StepConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Mounts of a step: paths of the host, relative ones from the pipeline's folder, and named volumes. */
final class Mounts {

    static final Shape.Field FIELD = Field.optional(
            "mounts",
            new Shape.Listing(Shape.Fields.of(
                    Field.optional("source", Shape.text(), "The host's path, from the pipeline's folder."),
                    Field.optional("volume", Shape.text(), "The name of a volume, instead of a source."),
                    Field.required("target", Shape.text(), "The path inside."),
                    Field.optional("read_only", Shape.truth(), "Whether nothing can be written to it."))),
            "What is mounted.");

    private Mounts() {}

    static List<Problem> check(StepConfig config) {
        List<Problem> problems = new ArrayList<>();
        List<StepConfig> mounts = config.each("mounts");
        for (int i = 0; i < mounts.size(); i++) {
            if (mounts.get(i).has("source") == mounts.get(i).has("volume")) {
                problems.add(new Problem(
                        "mounts[" + i + "]", "a mount has either a 'source' or a 'volume'", "write one of them"));
            }
        }
        return problems;
    }

    static List<Mount> read(StepConfig config, Path folder) {
        List<Mount> mounts = new ArrayList<>();
        for (StepConfig mount : config.each("mounts")) {
            boolean isReadOnly = mount.truth("read_only", false);
            String target = mount.required("target");
            mounts.add(
                    mount.has("volume")
                            ? new Mount.Volume(mount.required("volume"), target, isReadOnly)
                            : new Mount.Bind(
                                    folder.resolve(mount.required("source")).normalize(), target, isReadOnly));
        }
        return mounts;
    }
}
