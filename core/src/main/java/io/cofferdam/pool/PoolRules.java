package io.cofferdam.pool;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.List;

/** What makes a specification impossible for a pool. */
final class PoolRules {

    private PoolRules() {}

    /** How many environments there may be, the bound on memory considered. */
    static int maximum(EnvironmentSpec spec, PoolOptions options, ResourceLimits byDefault) {
        List<Problem> problems = new ArrayList<>();
        for (PortMapping port : spec.ports()) {
            if (port.fixedHostPort() != null && options.maximum() > 1) {
                problems.add(new Problem(
                        "ports",
                        "only one environment can have host port " + port.fixedHostPort(),
                        "leave the host port out"));
            }
        }
        int maximum = options.maximum();
        if (options.memoryLimit() != Long.MAX_VALUE) {
            ResourceLimits limits = spec.limits().equals(ResourceLimits.none()) ? byDefault : spec.limits();
            Long each = limits.memoryBytes();
            if (each == null) {
                problems.add(new Problem(
                        "limits.memory",
                        "the pool's memory is bounded, and the environments' is not",
                        "set a memory limit in the specification"));
            } else {
                maximum = (int) Math.min(maximum, options.memoryLimit() / each);
                if (maximum < options.size()) {
                    problems.add(new Problem(
                            "memoryLimit",
                            options.size() + " environments of " + each + " bytes each do not fit into "
                                    + options.memoryLimit() + " bytes",
                            "raise the bound, or make the pool or the environments smaller"));
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("pool '" + spec.name().orElse("pool") + "'", problems);
        }
        return maximum;
    }
}
