package io.cofferdam.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What is sent along with each request to say who asks. Asked before every request, from any thread. */
@FunctionalInterface
interface Credentials {

    /** For clusters that know the client by its certificate. */
    Credentials NONE = () -> null;

    /**
     * The header {@code Authorization}.
     *
     * @return its value, or null for none
     * @throws IOException if there is none to be had now
     */
    @Nullable
    String authorization() throws IOException;

    /** Called after an answer 401: what is remembered may be old. */
    default void refused() {}

    static Credentials token(String token) {
        String header = "Bearer " + token;
        return () -> header;
    }

    static Credentials basic(String user, String password) {
        String header =
                "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
        return () -> header;
    }

    /** The content of a file that somebody else writes anew from time to time. */
    final class TokenFile implements Credentials {

        /** Tokens of pods are written anew when a fifth of their hour is left. */
        private static final Duration AGE = Duration.ofSeconds(60);

        private final Path file;
        private final Clock clock;
        private @Nullable String header;
        private Instant read = Instant.MIN;

        TokenFile(Path file, Clock clock) {
            this.file = file;
            this.clock = clock;
        }

        @Override
        public synchronized @Nullable String authorization() throws IOException {
            Instant now = clock.instant();
            if (header == null || read.plus(AGE).isBefore(now)) {
                header = "Bearer " + Files.readString(file).strip();
                read = now;
            }
            return header;
        }

        @Override
        public synchronized void refused() {
            header = null;
        }
    }
}
