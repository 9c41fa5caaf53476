package io.cofferdam.examples.shop;

import java.util.Locale;

/** How a release is broken on purpose. */
enum Fault {
    /** Not at all. */
    NONE,
    /** It ends at once with exit code 1. */
    CRASH,
    /** It serves, and says that it is not healthy. */
    UNHEALTHY,
    /** It is healthy for two seconds, then unhealthy for two seconds, and so on. */
    FLAPPING,
    /** It takes 20 seconds to become healthy. */
    SLOW_START;

    private static final long PHASE = 2_000;
    private static final long SLOW = 20_000;

    static Fault of(String name) {
        if (name.isBlank()) {
            return NONE;
        }
        for (Fault fault : values()) {
            if (fault.name().toLowerCase(Locale.ROOT).replace('_', '-').equals(name)) {
                return fault;
            }
        }
        throw new IllegalArgumentException(
                "SHOP_FAULT is '" + name + "', which is none of none, crash, unhealthy, flapping and slow-start");
    }

    /** Whether something with this fault says that it is healthy so long after its start. */
    boolean isHealthyAfter(long millis) {
        return switch (this) {
            case NONE -> true;
            case CRASH, UNHEALTHY -> false;
            case FLAPPING -> millis / PHASE % 2 == 0;
            case SLOW_START -> millis >= SLOW;
        };
    }
}
