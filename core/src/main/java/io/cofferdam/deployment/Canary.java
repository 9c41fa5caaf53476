package io.cofferdam.deployment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Gives a growing share of the traffic to a growing number of new instances, beside all of the old ones. */
final class Canary implements Strategy {

    private final List<CanaryStep> steps;

    Canary(List<CanaryStep> steps) {
        this.steps = List.copyOf(steps);
        for (int i = 1; i < steps.size(); i++) {
            if (steps.get(i).weight() <= steps.get(i - 1).weight()) {
                throw new InvalidInputException(
                        "canary",
                        List.of(new Problem(
                                "steps[" + i + "].weight",
                                steps.get(i).weight() + " is not more than the weight before it",
                                "let the weights grow")));
            }
        }
    }

    @Override
    public String name() {
        return "canary";
    }

    @Override
    public Plan plan(Situation situation) {
        Layout layout = new Layout(situation);
        List<ServiceTarget> changed = layout.changed();
        Collection<String> end = layout.pin(changed);
        boolean careful = !situation.isRollback() && changed.stream().anyMatch(layout::hasOld);
        for (int i = 0; careful && i < steps.size(); i++) {
            CanaryStep step = steps.get(i);
            Step.Pause pause =
                    new Step.Pause((i + 1) + " of " + steps.size() + " at " + step.weight() + "%", step.pause());
            if (!situation.passed().contains(pause.id())) {
                end = stage(layout, changed, step.weight(), end);
                end = List.of(layout.plan.add(pause, end));
            }
        }
        end = stage(layout, changed, 100, end);
        Collection<String> stopped = layout.stopInReverse(Rollouts.beside(changed), Rollouts::served, end);
        layout.stopForgotten(stopped.isEmpty() ? end : stopped);
        return layout.plan.build();
    }

    private static Collection<String> stage(
            Layout layout, List<ServiceTarget> changed, int weight, Collection<String> after) {
        // Instances of an earlier stage wait for nothing of this one, so the stage before is waited for as well.
        Set<String> started = new LinkedHashSet<>(after);
        started.addAll(layout.inOrder(
                service -> true, after, (service, before) -> Rollouts.startBeside(layout, service, weight, before)));
        return layout.shift(changed, weight, started);
    }
}
