package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Batch;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Which environments a command is for: some by name, or all that carry some labels. */
final class Selection {

    @Parameters(
            arity = "0..*",
            paramLabel = "NAME",
            description = "environments by name; where the command takes them also PROJECT or PROJECT/SERVICE")
    private List<String> names = new ArrayList<>();

    @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "those with this label; can be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(names = "--stack", paramLabel = "NAME", description = "those of this stack")
    @Nullable
    private String stack;

    @Option(names = "--all", description = "every environment of this library on the engine")
    private boolean all;

    /** Whether nothing was chosen. */
    boolean isEmpty() {
        return names.isEmpty() && !byLabel();
    }

    /** What is wrong with the choice, or null. */
    @Nullable
    String problem() {
        boolean byLabel = byLabel();
        if (names.isEmpty() && !byLabel) {
            return "say which environments: by NAME, --label KEY=VALUE, --stack NAME or --all";
        }
        return !names.isEmpty() && byLabel ? "give either names, or --label, --stack and --all" : null;
    }

    /** The project, service or instance that was chosen instead of environments, if it was. */
    Optional<ProjectPart> project(Projects projects) {
        return byLabel() ? Optional.empty() : ProjectPart.among(names, projects);
    }

    Batch batch(Orchestrator engine) {
        return names.isEmpty()
                ? engine.environments().select(selector(labels, stack))
                : engine.environments().select(new LinkedHashSet<>(names));
    }

    private boolean byLabel() {
        return all || stack != null || !labels.isEmpty();
    }

    static LabelSelector selector(Map<String, String> labels, @Nullable String stack) {
        LabelSelector selector = new LabelSelector(labels);
        return stack == null ? selector : selector.and(Labels.STACK, stack);
    }
}
