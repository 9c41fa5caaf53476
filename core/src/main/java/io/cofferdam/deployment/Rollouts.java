package io.cofferdam.deployment;

import java.util.Collection;
import java.util.List;

/** What strategies that keep old and new instances side by side have in common. */
final class Rollouts {

    private static final int WHOLE = 100;

    private Rollouts() {}

    /** Starts a part of a service beside its old instances, at least one; services that cannot be doubled are replaced. */
    static Collection<String> startBeside(Layout layout, ServiceTarget service, int percent, Collection<String> after) {
        if (service.kind() == ServiceKind.STATEFUL) {
            return List.of(layout.plan.add(Rolling.step(service, RollingSettings.defaults()), after));
        }
        int part = (int) (((long) service.replicas() * percent + WHOLE - 1) / WHOLE);
        return layout.start(service, Math.min(service.replicas(), Math.max(1, part)), after, Guard.NONE);
    }

    /** The services whose old instances are still there when the new ones have been started. */
    static List<ServiceTarget> beside(List<ServiceTarget> services) {
        return services.stream()
                .filter(service -> service.kind() != ServiceKind.STATEFUL)
                .toList();
    }

    /** The old instances of a service are stopped only while all of its new ones serve. */
    static Guard served(ServiceTarget service) {
        return service.kind() == ServiceKind.ONE_OFF
                ? Guard.NONE
                : new Guard.Serves(service.revision(), service.replicas());
    }
}
