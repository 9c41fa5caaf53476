package io.cofferdam.driver;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.format.SpecJson;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One unit of an environment with what it was made from. An update gives the environment another one. */
final class Incarnation {

    private final String id;
    private final EnvironmentStatus seen;

    @Nullable
    private volatile EnvironmentSpec spec;

    private Incarnation(String id, EnvironmentStatus seen, @Nullable EnvironmentSpec spec) {
        this.id = id;
        this.seen = seen;
        this.spec = spec;
    }

    /** A unit that was made from a specification here. */
    static Incarnation made(EnvironmentStatus seen, EnvironmentSpec spec) {
        return new Incarnation(seen.id(), seen, spec);
    }

    /** A unit that was found; what it was made from is read when it is needed. */
    static Incarnation found(EnvironmentStatus seen) {
        return new Incarnation(seen.id(), seen, null);
    }

    String id() {
        return id;
    }

    EnvironmentSpec spec(EngineSession session) {
        EnvironmentSpec known = spec;
        if (known == null) {
            known = read(session);
            spec = known;
        }
        return known;
    }

    private EnvironmentSpec read(EngineSession session) {
        String label = seen.labels().get(Labels.SPEC);
        if (label == null) {
            return EnvironmentSpec.image(seen.image().isBlank() ? "unknown" : seen.image())
                    .name(seen.name())
                    .build();
        }
        Map<String, String> env;
        try {
            env = session.driver.inspect(id, session.callDeadline()).env();
        } catch (NotFoundException gone) {
            env = Map.of();
        }
        return SpecJson.read(label, env);
    }
}
