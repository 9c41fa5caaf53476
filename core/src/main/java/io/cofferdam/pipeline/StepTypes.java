package io.cofferdam.pipeline;

import io.cofferdam.pipeline.steps.BuiltInSteps;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/** The types of steps there are. */
final class StepTypes {

    private final Map<String, StepProvider> providers;

    private StepTypes(Map<String, StepProvider> providers) {
        this.providers = Collections.unmodifiableMap(providers);
    }

    /** Those of this library, those found, and those given, which win. */
    static StepTypes with(Collection<StepProvider> given) {
        Map<String, StepProvider> all = new LinkedHashMap<>();
        BuiltInSteps.all().forEach(provider -> all.put(provider.type(), provider));
        ServiceLoader.load(StepProvider.class, StepTypes.class.getClassLoader())
                .forEach(provider -> add(all, provider));
        given.forEach(provider -> all.put(provider.type(), provider));
        return new StepTypes(all);
    }

    private static void add(Map<String, StepProvider> all, StepProvider provider) {
        StepProvider present = all.putIfAbsent(provider.type(), provider);
        if (present != null) {
            throw new IllegalStateException("the step type '" + provider.type() + "' is there twice: "
                    + present.getClass().getName() + " and "
                    + provider.getClass().getName() + "; take one of their jars off the class path");
        }
    }

    @Nullable
    StepProvider find(String type) {
        return providers.get(type);
    }

    List<String> names() {
        return new ArrayList<>(providers.keySet());
    }

    Collection<StepProvider> all() {
        return providers.values();
    }
}
