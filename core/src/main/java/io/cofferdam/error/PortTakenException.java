package io.cofferdam.error;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A fixed host port that something else listens on or has claimed. */
public final class PortTakenException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    private final int port;

    @Nullable
    private final String owner;

    /**
     * Makes the exception.
     *
     * @param message a sentence with the port, its owner where known, and what to do
     * @param port the host port, 1 to 65535
     * @param owner who has the port, for example {@code environment 'old-web'}, or null where that cannot be told
     * @param cause the engine's own error, or null
     */
    public PortTakenException(String message, int port, @Nullable String owner, @Nullable Throwable cause) {
        super(message, cause);
        this.port = port;
        this.owner = owner;
    }

    /**
     * The port.
     *
     * @return 1 to 65535
     */
    public int port() {
        return port;
    }

    /**
     * Who has the port.
     *
     * @return the owner, or empty where the system does not tell
     */
    public Optional<String> owner() {
        return Optional.ofNullable(owner);
    }
}
