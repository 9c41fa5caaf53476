package io.cofferdam.engine;

import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.EngineVersionException;
import java.util.Set;

/**
 * What a back end registers with {@link java.util.ServiceLoader}: three verbs. Providers are stateless, are called from
 * any thread, and need a public constructor without parameters.
 *
 * <p>Whoever writes a back end implements {@code io.cofferdam.driver.EngineDriver} and answers {@link #open} with
 * {@code DrivenOrchestrator.over(driver, config)}; the contract tests of {@code cofferdam-tck} tell whether it is right.
 */
public interface OrchestratorProvider {

    /**
     * The name by which the engine is asked for.
     *
     * @return one lower-case word, unique among the providers, such as {@code docker}
     */
    String name();

    /**
     * The names of the settings that only this back end knows, as {@link EngineConfig#option} takes them. Names that no
     * back end knows are refused when an engine is opened.
     *
     * @return names that begin with {@link #name()} and a full stop; none unless overridden
     */
    default Set<String> options() {
        return Set.of();
    }

    /**
     * Looks whether the engine is there, without changing anything and within {@link EngineConfig#discoveryTimeout()}.
     * Never throws for an engine that is missing, unreadable or of the wrong version: that is what the answer tells.
     *
     * @param config where to look; an explicit host is the only place that is looked at
     * @return what was found, or why nothing was
     */
    Discovery discover(EngineConfig config);

    /**
     * Opens the engine.
     *
     * @param config how
     * @return an orchestrator the caller has to close; two of the same engine live side by side
     * @throws EngineUnavailableException if it cannot be reached, with every place that was looked at
     * @throws EngineVersionException if it is too old or too new
     */
    Orchestrator open(EngineConfig config);
}
