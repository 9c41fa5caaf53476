package io.cofferdam.examples.cli;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.EngineInfo;
import java.net.URI;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which engine is wanted, and where it is.
 *
 * @param engine its name; null for the best there is
 * @param host where it is; null for the usual places
 * @param state where the process engine keeps its environments; null for the usual place
 * @param settings what only one engine knows
 */
record EngineChoice(
        @Nullable String engine,
        @Nullable String host,
        @Nullable Path state,
        Map<String, String> settings) {

    EngineChoice {
        settings = new LinkedHashMap<>(settings);
        state = state == null ? null : state.toAbsolutePath().normalize();
    }

    /** Whether nothing was said. */
    boolean isOpen() {
        return engine == null && host == null && state == null && settings.isEmpty();
    }

    EngineConfig config() {
        EngineConfig.Builder config = EngineConfig.builder();
        if (state != null) {
            config.stateDirectory(state);
        }
        if (host != null) {
            config.host(host);
        }
        settings.forEach(config::option);
        return config.build();
    }

    /** The same for an engine that was found, wherever the variables of a later program may lead. */
    EngineChoice found(EngineInfo found) {
        boolean isProcess = found.engine().equals(Cofferdam.PROCESS);
        if (found.engine().equals("kubernetes")) {
            // Its address alone is not enough: who is asking is in the kubeconfig.
            return new EngineChoice(found.engine(), host, state, settings);
        }
        return new EngineChoice(
                found.engine(),
                isProcess || found.endpoint().isEmpty() ? host : found.endpoint(),
                isProcess && !found.endpoint().isEmpty() ? Path.of(URI.create(found.endpoint())) : state,
                settings);
    }
}
