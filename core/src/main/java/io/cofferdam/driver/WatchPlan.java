package io.cofferdam.driver;

import io.cofferdam.api.Experimental;
import io.cofferdam.watcher.Sweeper;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * How the watcher of session resources clears up on an engine, in a process of its own.
 *
 * @param sweeper what does it; a class with a constructor that takes the settings
 * @param factory the same constructor, for sweeping inside this JVM
 * @param parts all classes it needs besides those of the JDK and of {@code io.cofferdam.watcher}, itself included; classes
 *     nested in them come along
 * @param settings what it has to know, key material included; handed over through a pipe, never on a command line
 */
@Experimental
public record WatchPlan(
        Class<? extends Sweeper> sweeper,
        Function<Map<String, String>, Sweeper> factory,
        List<Class<?>> parts,
        Map<String, String> settings) {

    public WatchPlan {
        Objects.requireNonNull(sweeper, "sweeper");
        Objects.requireNonNull(factory, "factory");
        parts = List.copyOf(parts);
        settings = Map.copyOf(settings);
    }

    /** Without the settings, which may hold keys. */
    @Override
    public String toString() {
        return "WatchPlan[" + sweeper.getName() + "]";
    }
}
