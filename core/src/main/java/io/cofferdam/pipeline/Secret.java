package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A value nobody is to see: a secret, or text that has one in it. Immutable. Its text form is {@code ***}; whoever needs the value
 * asks for it by {@link #reveal()}, which is easy to find in code.
 */
@Experimental
public final class Secret {

    /** A shorter value would be masked wherever these letters happen to be. */
    static final int SHORTEST = 4;

    private final String value;

    private Secret(String value) {
        this.value = value;
    }

    /**
     * Wraps a value.
     *
     * @param value the value
     * @return the secret
     */
    public static Secret of(String value) {
        return new Secret(Objects.requireNonNull(value, "value"));
    }

    /**
     * The value, in clear text.
     *
     * @return the value
     */
    public String reveal() {
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Three stars. */
    @Override
    public String toString() {
        return "***";
    }
}
