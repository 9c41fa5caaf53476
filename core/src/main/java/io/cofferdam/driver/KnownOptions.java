package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Finds settings that no back end knows, which are mistakes in writing most of the time. */
@Experimental
public final class KnownOptions {

    private KnownOptions() {}

    /**
     * Refuses options that none of some back ends knows.
     *
     * @param config what was set
     * @param providers all back ends there are
     * @throws InvalidInputException with every name nobody knows, and the nearest known ones
     */
    public static void check(EngineConfig config, Collection<OrchestratorProvider> providers) {
        Set<String> known = new TreeSet<>();
        providers.forEach(provider -> known.addAll(provider.options()));
        List<String> unknown = config.optionNames().stream()
                .filter(name -> !known.contains(name))
                .sorted()
                .toList();
        refuse(unknown, known);
    }

    /**
     * Refuses options that one back end should know and does not. Those of others are passed over, so that one
     * configuration serves several engines.
     *
     * @param config what was set
     * @param provider the back end that is opened
     * @throws InvalidInputException with every such name, and the nearest known ones
     */
    public static void check(EngineConfig config, OrchestratorProvider provider) {
        List<String> unknown = config.optionNames().stream()
                .filter(name -> name.startsWith(provider.name() + ".") || name.indexOf('.') < 0)
                .filter(name -> !provider.options().contains(name))
                .sorted()
                .toList();
        refuse(unknown, new TreeSet<>(provider.options()));
    }

    private static void refuse(List<String> unknown, Set<String> known) {
        List<Problem> problems = new ArrayList<>();
        for (String name : unknown) {
            List<String> near = Nearest.to(name, known);
            problems.add(new Problem(
                    "option " + name,
                    "no back end knows it",
                    !near.isEmpty()
                            ? "did you mean " + near.get(0) + "?"
                            : known.isEmpty() ? "leave it out" : "there are " + String.join(", ", known)));
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("engine configuration", problems);
        }
    }
}
