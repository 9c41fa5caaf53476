package io.cofferdam.junit;

import io.cofferdam.api.Experimental;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What {@link Environment} says besides, for environments declared in code. Not thread-safe; for one call of the builder. */
@Experimental
public final class EnvironmentOptions {

    private final Set<String> dependsOn = new LinkedHashSet<>();
    private Scope scope = Scope.AUTOMATIC;
    private String stack = "";
    private Reset reset = Reset.NONE;
    private int pool;

    @Nullable
    private Duration reuse;

    EnvironmentOptions() {}

    /**
     * Sets how long it lives.
     *
     * @param value automatic is the class for an extension in a static field, the test for others
     * @return this
     */
    public EnvironmentOptions scope(Scope value) {
        scope = Objects.requireNonNull(value, "scope");
        return this;
    }

    /**
     * Adds environments that are ready before this one is started.
     *
     * @param names their names
     * @return this
     */
    public EnvironmentOptions dependsOn(String... names) {
        dependsOn.addAll(List.of(names));
        return this;
    }

    /**
     * Sets which of its scope it shares a network with.
     *
     * @param name those of the same name share one
     * @return this
     */
    public EnvironmentOptions stack(String name) {
        stack = Objects.requireNonNull(name, "name");
        return this;
    }

    /**
     * Sets how it is put back between tests.
     *
     * @param value how
     * @return this
     */
    public EnvironmentOptions reset(Reset value) {
        reset = Objects.requireNonNull(value, "reset");
        return this;
    }

    /**
     * Takes it from a pool.
     *
     * @param size how many are kept ready
     * @return this
     */
    public EnvironmentOptions pool(int size) {
        pool = size;
        return this;
    }

    /**
     * Keeps it for later runs.
     *
     * @param time how long after it was made it is removed
     * @return this
     */
    public EnvironmentOptions reuse(Duration time) {
        reuse = Objects.requireNonNull(time, "time");
        return this;
    }

    Declaration declaration(String name, Preset preset) {
        return new Declaration(
                name, scope, stack, Set.copyOf(dependsOn), reset, pool, reuse, preset, "environment '" + name + "'");
    }
}
