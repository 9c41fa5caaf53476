package io.cofferdam.application;

import io.cofferdam.error.Problem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What makes services impossible together, and the order they depend on each other in. */
final class ApplicationRules {

    private final Map<String, Service> services;
    private final List<Problem> problems;
    private final List<Service> order = new ArrayList<>();
    private final Set<String> done = new LinkedHashSet<>();

    private ApplicationRules(Map<String, Service> services, List<Problem> problems) {
        this.services = services;
        this.problems = problems;
    }

    /**
     * Adds what is wrong.
     *
     * @param complete whether the services are all there; if not, nothing is said of references to those that are missing
     * @return the services, each after all it depends on, as far as there is such an order
     */
    static List<Service> check(
            ApplicationBuilder application, Map<String, Service> services, boolean complete, List<Problem> problems) {
        ServiceRules.name("project", application.project, problems);
        if (application.version != null && application.version.isBlank()) {
            problems.add(Problem.at("version", "it is blank"));
        }
        ServiceRules.labels(application.labels, problems);
        ServiceRules.extensions(application.extensions, problems);
        application.networks.keySet().forEach(name -> ServiceRules.name("networks." + name, name, problems));
        application.volumes.keySet().forEach(name -> ServiceRules.name("volumes." + name, name, problems));
        ApplicationRules rules = new ApplicationRules(services, problems);
        for (Service service : services.values()) {
            rules.references(application, service, complete);
        }
        rules.sort();
        return rules.order;
    }

    private void references(ApplicationBuilder application, Service service, boolean complete) {
        String where = "services." + service.name() + ".";
        service.dependencies().forEach((name, dependency) -> {
            if (complete && dependency.required() && !services.containsKey(name)) {
                problems.add(new Problem(
                        where + "dependsOn." + name,
                        "there is no service '" + name + "'",
                        "there are " + names(services.keySet())));
            }
        });
        defined(where + "secrets.", "secret", service.secrets(), application.secrets.keySet());
        defined(where + "configs.", "config", service.configs(), application.configs.keySet());
        service.networks().keySet().forEach(network -> {
            if (!application.networks.containsKey(network)) {
                ServiceRules.name(where + "networks." + network, network, problems);
            }
        });
    }

    private void defined(String where, String kind, List<FileReference> references, Set<String> known) {
        references.stream()
                .map(FileReference::source)
                .filter(name -> !known.contains(name))
                .forEach(name -> problems.add(new Problem(
                        where + name,
                        "there is no " + kind + " '" + name + "'",
                        known.isEmpty() ? "define it in the application" : "there are " + names(known))));
    }

    /** Depth first without recursion, since a long chain of dependencies is no error. */
    private void sort() {
        Map<String, List<String>> circles = new LinkedHashMap<>();
        for (String start : services.keySet()) {
            Deque<String> path = new ArrayDeque<>();
            Deque<Deque<String>> open = new ArrayDeque<>();
            enter(start, path, open);
            while (!open.isEmpty()) {
                String next = open.peek().poll();
                if (next == null) {
                    open.pop();
                    String finished = path.removeLast();
                    done.add(finished);
                    order.add(services.get(finished));
                } else if (path.contains(next)) {
                    List<String> circle = new ArrayList<>(path);
                    circle = circle.subList(circle.indexOf(next), circle.size());
                    circles.putIfAbsent(circle.stream().sorted().collect(Collectors.joining(" ")), circle);
                } else {
                    enter(next, path, open);
                }
            }
        }
        circles.values().stream()
                .filter(circle -> circle.size() > 1)
                .forEach(circle -> problems.add(new Problem(
                        "services." + circle.get(circle.size() - 1) + ".dependsOn." + circle.get(0),
                        "the services depend on each other in a circle: " + String.join(" -> ", circle) + " -> "
                                + circle.get(0),
                        "take one of these dependencies away")));
    }

    private void enter(String name, Deque<String> path, Deque<Deque<String>> open) {
        Service service = services.get(name);
        if (service != null && !done.contains(name)) {
            path.addLast(name);
            open.push(new ArrayDeque<>(service.dependsOn()));
        }
    }

    private static String names(Collection<String> names) {
        return names.stream().sorted().limit(20).collect(Collectors.joining(", ")) + (names.size() > 20 ? ", ..." : "");
    }
}
