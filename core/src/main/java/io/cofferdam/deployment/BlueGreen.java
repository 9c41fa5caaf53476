package io.cofferdam.deployment;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;

/** Starts everything that changes a second time, moves all traffic at once, and stops the first ones after a while. */
final class BlueGreen implements Strategy {

    private final Duration wait;

    BlueGreen(Duration wait) {
        this.wait = Objects.requireNonNull(wait, "wait");
        if (wait.isNegative()) {
            throw new InvalidInputException("blue-green", List.of(Problem.at("wait", wait + " is less than no time")));
        }
    }

    @Override
    public String name() {
        return "blue-green";
    }

    @Override
    public boolean wantsOwnNames() {
        return true;
    }

    @Override
    public List<Problem> check(Situation situation) {
        Layout layout = new Layout(situation);
        List<Problem> problems = new ArrayList<>();
        for (ServiceTarget service : layout.changed()) {
            boolean differs = layout.instances(service.name()).stream()
                    .anyMatch(instance -> !instance.revision().equals(service.revision()));
            if (service.kind() == ServiceKind.STATEFUL && differs) {
                problems.add(new Problem(
                        "services." + service.name(),
                        "it has named volumes and changes, and two of it cannot share them",
                        "deploy the change of this service with the strategy recreate or rolling first"));
            }
        }
        return problems;
    }

    @Override
    public Plan plan(Situation situation) {
        Layout layout = new Layout(situation);
        List<ServiceTarget> changed = layout.changed();
        boolean careful = !situation.isRollback() && changed.stream().anyMatch(layout::hasOld);
        Collection<String> green = layout.inOrder(
                service -> true,
                layout.pin(changed),
                (service, after) -> Rollouts.startBeside(layout, service, 100, after));
        Collection<String> verified =
                careful ? once(layout, situation, new Step.Verify("before the switch"), green) : green;
        Collection<String> switched = layout.shift(changed, 100, verified);
        Collection<String> end = switched;
        if (careful) {
            end = once(layout, situation, new Step.Verify("through the router"), end);
            end = once(layout, situation, new Step.Verify("after the switch"), end);
            end = once(layout, situation, new Step.Pause("before the old instances are stopped", wait), end);
        }
        Collection<String> stopped = layout.stopInReverse(Rollouts.beside(changed), Rollouts::served, end);
        layout.stopForgotten(stopped.isEmpty() ? end : stopped);
        return layout.plan.build();
    }

    static Collection<String> once(Layout layout, Situation situation, Step step, Collection<String> after) {
        return situation.passed().contains(step.id()) ? after : List.of(layout.plan.add(step, after));
    }
}
