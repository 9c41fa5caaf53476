package io.cofferdam;

import io.cofferdam.driver.KnownOptions;
import io.cofferdam.engine.CapabilityComparison;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.EngineVersionException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds engines and opens them.
 *
 * <pre>{@code
 * try (Orchestrator engine = Cofferdam.open();
 *         IsolatedEnvironment redis = engine.environments().run(EnvironmentSpec.image("redis:7").port(6379).build())) {
 *     connect(redis.endpoint(6379).address());
 * }
 * }</pre>
 *
 * <p>Back ends are found by {@link ServiceLoader} with the context class loader of the calling thread, and with the one
 * that loaded this class. All methods may be called from any thread; nothing is kept between calls.
 */
public final class Cofferdam {

    /** The embedded back end. */
    public static final String PROCESS = "process";

    /** The Docker back end of {@code cofferdam-docker}. */
    public static final String DOCKER = "docker";

    /** The Kubernetes back end of {@code cofferdam-kubernetes}. */
    public static final String KUBERNETES = "kubernetes";

    private static final Logger LOG = LoggerFactory.getLogger(Cofferdam.class);

    private Cofferdam() {}

    /**
     * Opens Docker if it is reachable, else the embedded process back end. Kubernetes is opened only by name.
     *
     * @return an orchestrator the caller has to close
     * @throws EngineUnavailableException if not even processes can be run here
     */
    public static Orchestrator open() {
        return open(EngineConfig.defaults());
    }

    /**
     * Opens Docker if it is reachable, else the embedded process back end.
     *
     * @param config how; a configured host asks for Docker, and there is no falling back to processes then
     * @return an orchestrator the caller has to close
     * @throws EngineUnavailableException if no engine can be opened
     */
    public static Orchestrator open(EngineConfig config) {
        List<OrchestratorProvider> providers = providers();
        KnownOptions.check(config, providers);
        for (OrchestratorProvider provider : providers) {
            if (provider.name().equals(DOCKER)) {
                if (config.host().isPresent()) {
                    return provider.open(config);
                }
                try {
                    return provider.open(config);
                } catch (EngineUnavailableException notThere) {
                    LOG.debug("Docker is not available, processes are used instead: {}", notThere.getMessage());
                }
            }
        }
        return named(PROCESS, providers).open(config);
    }

    /**
     * Opens the engine of a name.
     *
     * @param engine for example {@link #DOCKER}
     * @return an orchestrator the caller has to close
     * @throws InvalidInputException if there is no back end of that name on the class path or module path
     * @throws EngineUnavailableException if the engine cannot be reached, with every place that was looked at
     * @throws EngineVersionException if the engine is too old or too new
     */
    public static Orchestrator open(String engine) {
        return open(engine, EngineConfig.defaults());
    }

    /**
     * Opens the engine of a name.
     *
     * @param engine for example {@link #DOCKER}
     * @param config how
     * @return an orchestrator the caller has to close
     * @throws InvalidInputException if there is no back end of that name on the class path or module path
     * @throws EngineUnavailableException if the engine cannot be reached, with every place that was looked at
     * @throws EngineVersionException if the engine is too old or too new
     */
    public static Orchestrator open(String engine, EngineConfig config) {
        List<OrchestratorProvider> providers = providers();
        OrchestratorProvider provider = named(engine, providers);
        KnownOptions.check(config, providers);
        return provider.open(config);
    }

    /**
     * Looks for every engine there is a back end for, one after the other, without changing anything.
     *
     * @param config where to look
     * @return a finding for each back end, available or with the reasons why not, by name
     * @throws InvalidInputException if the configuration has options that no back end knows
     */
    public static List<Discovery> discover(EngineConfig config) {
        List<OrchestratorProvider> providers = providers();
        KnownOptions.check(config, providers);
        return providers.stream().map(provider -> provider.discover(config)).toList();
    }

    /**
     * Sets what two engines can do side by side. Both are opened for it and closed again.
     *
     * @param first the name of an engine
     * @param second the name of another
     * @param config how to open them
     * @return what both, only one and neither can do
     * @throws EngineUnavailableException if one of them cannot be reached
     */
    public static CapabilityComparison compare(String first, String second, EngineConfig config) {
        try (Orchestrator one = open(first, config);
                Orchestrator other = open(second, config)) {
            return one.capabilities().compareTo(other.capabilities());
        }
    }

    /**
     * The back ends on the class path and module path. One that cannot be loaded is left out, with a warning in the log.
     *
     * @return one for each name, by name
     */
    public static List<OrchestratorProvider> providers() {
        List<OrchestratorProvider> found = new ArrayList<>();
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        if (context != null) {
            load(ServiceLoader.load(OrchestratorProvider.class, context), found);
        }
        load(ServiceLoader.load(OrchestratorProvider.class, Cofferdam.class.getClassLoader()), found);
        found.sort(Comparator.comparing(OrchestratorProvider::name));
        return List.copyOf(found);
    }

    private static void load(ServiceLoader<OrchestratorProvider> loader, List<OrchestratorProvider> found) {
        loader.stream().forEach(candidate -> {
            try {
                OrchestratorProvider provider = candidate.get();
                if (found.stream().noneMatch(known -> known.name().equals(provider.name()))) {
                    found.add(provider);
                }
            } catch (ServiceConfigurationError broken) {
                LOG.warn(
                        "the back end {} cannot be loaded and is left out",
                        candidate.type().getName(),
                        broken);
            }
        });
    }

    private static OrchestratorProvider named(String engine, List<OrchestratorProvider> providers) {
        return providers.stream()
                .filter(provider -> provider.name().equals(engine))
                .findFirst()
                .orElseThrow(() -> {
                    String names =
                            providers.stream().map(OrchestratorProvider::name).collect(Collectors.joining(", "));
                    return new InvalidInputException(
                            "engine '" + engine + "'",
                            List.of(new Problem(
                                    "engine",
                                    "there is no back end of that name; there "
                                            + (names.isEmpty() ? "is none" : "are " + names),
                                    "put the back end's artifact, such as cofferdam-" + engine
                                            + ", on the class path")));
                });
    }
}
