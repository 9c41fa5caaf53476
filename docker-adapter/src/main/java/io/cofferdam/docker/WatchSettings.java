package io.cofferdam.docker;

import io.cofferdam.docker.watcher.DockerSweeper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;

/** What the watcher has to know to reach an engine. */
final class WatchSettings {

    private static final int PASSWORD_BYTES = 16;

    private WatchSettings() {}

    /**
     * The settings for an engine.
     *
     * @return empty for named pipes, which nothing but the JDK cannot open
     */
    static Optional<Map<String, String>> of(EngineAddress address, ApiVersion api) {
        Map<String, String> settings = new HashMap<>();
        settings.put(DockerSweeper.API, api.toString());
        switch (address.kind()) {
            case NPIPE -> {
                return Optional.empty();
            }
            case UNIX -> settings.put(DockerSweeper.SOCKET, address.path());
            case TCP -> {
                settings.put(DockerSweeper.HOST, address.host());
                settings.put(DockerSweeper.PORT, Integer.toString(address.port()));
            }
        }
        if (address.isTls()) {
            byte[] random = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(random);
            String password = HexFormat.of().formatHex(random);
            try {
                Tls.Stores stores = Tls.stores(address, password);
                settings.put(DockerSweeper.KEYS, stores.keys());
                settings.put(DockerSweeper.AUTHORITIES, stores.authorities());
                settings.put(DockerSweeper.PASSWORD, password);
            } catch (IOException unreadable) {
                // The files have changed since the engine was opened, or it could not be reached at all.
                return Optional.empty();
            }
        }
        return Optional.of(settings);
    }
}
