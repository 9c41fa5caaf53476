package io.cofferdam.deployment;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** Replaces the instances of each service a few at a time. */
final class Rolling implements Strategy {

    private final RollingSettings settings;

    Rolling(RollingSettings settings) {
        this.settings = Objects.requireNonNull(settings, "settings");
    }

    @Override
    public String name() {
        return "rolling";
    }

    @Override
    public Plan plan(Situation situation) {
        Layout layout = new Layout(situation);
        Set<String> rolled = layout.inOrder(
                service -> true,
                layout.unpin(layout.changed(), List.of()),
                (service, after) -> roll(layout, service, after));
        layout.stopForgotten(rolled);
        return layout.plan.build();
    }

    private Collection<String> roll(Layout layout, ServiceTarget service, Collection<String> after) {
        if (service.kind() == ServiceKind.ONE_OFF) {
            Collection<String> run = layout.start(service, 1, after, Guard.NONE);
            layout.stopLeftovers(service, Guard.NONE, run);
            return run;
        }
        return List.of(layout.plan.add(step(service), after));
    }

    private Step.RollService step(ServiceTarget service) {
        return step(service, settings);
    }

    static Step.RollService step(ServiceTarget service, RollingSettings settings) {
        RollingSettings own = service.rolling().orElse(settings);
        int surge = own.surge(service.replicas());
        int unavailable = own.unavailable(service.replicas());
        // Old and new instances must not have one volume at the same time.
        return service.kind() == ServiceKind.STATEFUL
                ? new Step.RollService(service, 0, Math.max(1, unavailable))
                : new Step.RollService(service, surge, unavailable);
    }
}
