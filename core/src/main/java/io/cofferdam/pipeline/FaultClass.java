package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import java.util.Locale;

/** Whose fault a failed attempt is. Retries go by it. */
@Experimental
public enum FaultClass {
    /** The engine, the registry, the cluster, the network or the store: another attempt may well succeed. */
    INFRASTRUCTURE,
    /** What the pipeline or its software does: a command that ends with another code than 0, a Dockerfile that cannot be built. */
    USER,
    /** An attempt that took longer than its {@code timeout}. */
    TIMEOUT;

    /** As files write it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
