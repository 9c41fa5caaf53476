package io.cofferdam.error;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A registry that cannot be reached, refuses, or does not answer as a registry does. The engine itself is well. An image
 * the registry does not have is an {@link ImageNotFoundException} instead.
 */
public class RegistryException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /** What went wrong with the registry. */
    public enum Kind {
        /** No connection came about. */
        UNREACHABLE,
        /** It wants a login, or does not accept the one it got (401). */
        UNAUTHORIZED,
        /** The login may not do this (403). Docker tells a refused pull as an image that does not exist instead. */
        DENIED,
        /** Too many requests (429); see {@link RegistryException#retryAfter()}. */
        RATE_LIMITED,
        /** It failed by itself (5xx). */
        SERVER_ERROR,
        /** It ended an answer too early, or sent something else than it announced. */
        INCOMPLETE,
        /** Anything else. */
        OTHER
    }

    private final Kind kind;

    @Nullable
    private final Duration retryAfter;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     */
    public RegistryException(String message) {
        this(message, null);
    }

    /**
     * Makes the exception with its cause.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param cause what made it fail, or null
     */
    public RegistryException(String message, @Nullable Throwable cause) {
        this(message, Kind.OTHER, null, cause);
    }

    /**
     * Makes the exception of a kind.
     *
     * @param message a sentence: what could not be done, where, why and what to do
     * @param kind what went wrong
     * @param retryAfter when to try again, or null if nobody told
     * @param cause what made it fail, or null
     */
    public RegistryException(String message, Kind kind, @Nullable Duration retryAfter, @Nullable Throwable cause) {
        super(message, cause);
        this.kind = Objects.requireNonNull(kind, "kind");
        this.retryAfter = retryAfter;
    }

    /**
     * What went wrong.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * How long the registry asked to be left alone.
     *
     * @return empty if it did not tell, or the engine did not pass it on
     */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
