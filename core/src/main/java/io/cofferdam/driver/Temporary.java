package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.environment.Labels;
import java.util.Map;

/** Marks what a driver makes on its engine for the time of one call, so that it goes with this JVM if it does not sooner. */
@Experimental
public final class Temporary {

    private Temporary() {}

    /**
     * The labels of something temporary.
     *
     * @return whose it is, and that it goes with the session
     */
    public static Map<String, String> labels() {
        return Map.of(Labels.OWNER, Owner.current(), Labels.LIFETIME, "session");
    }
}
