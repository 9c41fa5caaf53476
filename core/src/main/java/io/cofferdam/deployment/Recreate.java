package io.cofferdam.deployment;

import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Stops everything that changes, then starts it anew. */
final class Recreate implements Strategy {

    @Override
    public String name() {
        return "recreate";
    }

    @Override
    public Plan plan(Situation situation) {
        Layout layout = new Layout(situation);
        List<ServiceTarget> changed = layout.changed();
        Set<String> stops = layout.stopInReverse(changed, service -> Guard.NONE, List.of());
        Collection<String> stopped =
                stops.isEmpty() ? List.of() : List.of(layout.plan.add(new Step.Milestone("services stopped"), stops));
        Collection<String> unpinned = layout.unpin(changed, stopped);
        Collection<String> started = layout.inOrder(
                service -> true,
                unpinned,
                (service, after) ->
                        layout.start(service, service.replicas(), after, new Guard.Alone(service.revision())));
        layout.stopForgotten(started);
        return layout.plan.build();
    }
}
