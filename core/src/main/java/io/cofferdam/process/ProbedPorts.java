package io.cofferdam.process;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.Readiness;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The ports that the host asks for an answer by HTTP, whether or not they are published. */
final class ProbedPorts {

    private ProbedPorts() {}

    /** Those of a specification that it does not publish at the address of the unit itself, as if it did. */
    static List<PortMapping> unpublished(EnvironmentSpec spec) {
        Set<Integer> ports = new TreeSet<>();
        add(spec.readiness(), ports);
        spec.healthCheck().map(HealthCheck::probe).ifPresent(probe -> add(probe, ports));
        spec.ports().stream()
                .filter(mapping -> mapping.protocol() == Protocol.TCP)
                .forEach(mapping -> ports.remove(mapping.port()));
        return ports.stream().map(PortMapping::of).toList();
    }

    private static void add(Readiness readiness, Set<Integer> ports) {
        if (readiness instanceof Readiness.Probed probed) {
            add(probed.probe(), ports);
        } else if (readiness instanceof Readiness.AllOf all) {
            all.conditions().forEach(condition -> add(condition, ports));
        } else if (readiness instanceof Readiness.AnyOf any) {
            any.conditions().forEach(condition -> add(condition, ports));
        }
    }

    private static void add(Probe probe, Set<Integer> ports) {
        if (probe instanceof Probe.Http http) {
            ports.add(http.port());
        }
    }
}
