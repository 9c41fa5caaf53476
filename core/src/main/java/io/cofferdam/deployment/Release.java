package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * One version of an application, as far as a strategy has to know.
 *
 * @param version as the application's users call it
 * @param services the services, each after those that it comes after
 */
@Experimental
public record Release(String version, List<ServiceTarget> services) {

    /**
     * Puts the services in order.
     *
     * @param version as the application's users call it
     * @param services the services, in any order
     * @throws IllegalArgumentException if two have one name, one comes after a service that is not there, or they come after
     *     each other in a circle
     */
    public Release {
        Objects.requireNonNull(version, "version");
        services = ordered(services);
    }

    /**
     * Finds a service.
     *
     * @param name its name
     * @return empty if the release has none of that name
     */
    public Optional<ServiceTarget> service(String name) {
        return services.stream().filter(service -> service.name().equals(name)).findFirst();
    }

    private static List<ServiceTarget> ordered(List<ServiceTarget> services) {
        Map<String, ServiceTarget> byName = new LinkedHashMap<>();
        Map<String, List<String>> before = new HashMap<>();
        Map<String, Integer> open = new HashMap<>();
        for (ServiceTarget service : services) {
            if (byName.put(service.name(), service) != null) {
                throw new IllegalArgumentException("two services of a release are called '" + service.name() + "'");
            }
        }
        for (ServiceTarget service : services) {
            for (String earlier : service.after()) {
                if (!byName.containsKey(earlier)) {
                    throw new IllegalArgumentException("service '" + service.name() + "' comes after '" + earlier
                            + "', which the release does not have");
                }
                before.computeIfAbsent(earlier, name -> new ArrayList<>()).add(service.name());
            }
            open.put(service.name(), service.after().size());
        }
        Deque<String> ready = new ArrayDeque<>();
        byName.keySet().stream().filter(name -> open.getOrDefault(name, 0) == 0).forEach(ready::add);
        List<ServiceTarget> ordered = new ArrayList<>(services.size());
        while (!ready.isEmpty()) {
            String name = ready.remove();
            ordered.add(Objects.requireNonNull(byName.get(name)));
            for (String later : before.getOrDefault(name, List.of())) {
                int left = open.getOrDefault(later, 0) - 1;
                open.put(later, left);
                if (left == 0) {
                    ready.add(later);
                }
            }
        }
        if (ordered.size() < services.size()) {
            byName.values().removeAll(ordered);
            throw new IllegalArgumentException("these services of a release come after each other in a circle: "
                    + String.join(", ", byName.keySet()));
        }
        return List.copyOf(ordered);
    }
}
