package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.InstanceStatus;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Goes towards a goal by observing, planning and carrying out, until there is nothing left to do or something fails. */
final class Attempt {

    /** Plans in a row without a single step done: then the world does not let itself be brought there. */
    private static final int PATIENCE = 20;

    private final Workshop workshop;
    private final Ledger ledger;
    private final Goal goal;
    private final Strategy strategy;
    private final Meter meter;
    private final Halt halt;
    private final StepRunner steps;

    /** For each service how many steps of the plan concern it and are not done. */
    private final Map<String, AtomicInteger> openSteps = new ConcurrentHashMap<>();

    private final Set<String> announced = ConcurrentHashMap.newKeySet();
    private final AtomicInteger doneSteps = new AtomicInteger();

    Attempt(Workshop workshop, Ledger ledger, Goal goal, Strategy strategy, Meter meter, Halt halt, StepRunner steps) {
        this.workshop = workshop;
        this.ledger = ledger;
        this.goal = goal;
        this.strategy = strategy;
        this.meter = meter;
        this.halt = halt;
        this.steps = steps;
    }

    /** Goes there. */
    void run() throws Exception {
        int fruitless = 0;
        for (int plans = 0; ; plans++) {
            Situation situation = situation(halt.waiting(workshop.observation()::now));
            List<Problem> problems = strategy.check(situation);
            if (!problems.isEmpty()) {
                throw new InvalidInputException("the " + strategy.name() + " deployment", problems);
            }
            Plan plan = strategy.plan(situation);
            if (plan.isEmpty()) {
                return;
            }
            if (plans > 0) {
                ledger.entry()
                        .event(
                                DeploymentEventType.REPLANNED,
                                "",
                                "there is another plan, of " + plan.steps().size() + " steps",
                                Map.of("steps", Integer.toString(plan.steps().size())))
                        .write();
            }
            int before = doneSteps.get();
            carryOut(plan);
            fruitless = doneSteps.get() == before ? fruitless + 1 : 0;
            if (fruitless == PATIENCE) {
                throw new CofferdamException(
                        "the instances of '" + ledger.project().project()
                                + "' change faster than plans can be made for them; does something else start and stop them?");
            }
        }
    }

    Situation situation(List<InstanceStatus> observed) {
        return new Situation(
                ledger.now(),
                goal.target(),
                goal.lastStable(),
                goal.isRollback(),
                Observation.instances(observed),
                ledger.data().weights(),
                ledger.state().passed());
    }

    private void carryOut(Plan plan) throws Exception {
        meter.begin(plan.steps().size());
        openSteps.clear();
        plan.steps()
                .forEach(step -> service(step)
                        .ifPresent(name -> openSteps
                                .computeIfAbsent(name, service -> new AtomicInteger())
                                .incrementAndGet()));
        // Whether all of it was done or not: what comes next is found by looking.
        new PlanRun(plan, this::work, workshop.threads(), halt).run();
    }

    private StepRunner.Result work(Step step) throws Exception {
        Optional<String> service = service(step);
        if (service.isPresent()) {
            announce(service.get());
        }
        StepRunner.Result result = step instanceof Step.RollService roll ? roll(roll) : steps.run(step);
        if (result == StepRunner.Result.DONE) {
            doneSteps.incrementAndGet();
            meter.done();
            if (service.isPresent()) {
                finish(service.get());
            }
        }
        return result;
    }

    /** The service that a step changes. */
    private static Optional<String> service(Step step) {
        if (step instanceof Step.StartInstance start) {
            return Optional.of(start.revision().service());
        }
        if (step instanceof Step.AwaitAvailable await) {
            return Optional.of(await.revision().service());
        }
        if (step instanceof Step.StopInstance stop) {
            return Optional.of(stop.revision().service());
        }
        if (step instanceof Step.RunOnce once) {
            return Optional.of(once.revision().service());
        }
        if (step instanceof Step.RollService roll) {
            return Optional.of(roll.target().name());
        }
        return Optional.empty();
    }

    private void announce(String service) {
        if (announced.add(service)) {
            ledger.entry()
                    .event(
                            DeploymentEventType.SERVICE_UPDATING,
                            service,
                            "service " + service + " begins to change",
                            Map.of())
                    .write();
        }
    }

    private void finish(String service) {
        AtomicInteger open = openSteps.get(service);
        if (open != null && open.decrementAndGet() == 0) {
            ledger.entry()
                    .event(
                            DeploymentEventType.SERVICE_UPDATED,
                            service,
                            goal.target().service(service).isPresent()
                                    ? "service " + service + " is as the release wants it"
                                    : "service " + service + " is gone",
                            Map.of())
                    .write();
        }
    }

    /** A rolling update of one service on an engine that makes none itself: single steps, planned anew when the world changes. */
    private StepRunner.Result roll(Step.RollService roll) throws Exception {
        int fruitless = 0;
        while (true) {
            List<Instance> observed = Observation.instances(halt.waiting(workshop.observation()::now));
            Plan plan = Rollout.expand(roll, observed);
            if (plan.isEmpty()) {
                return StepRunner.Result.DONE;
            }
            meter.expect(plan.steps().size());
            Set<String> done = new HashSet<>();
            new PlanRun(
                            plan,
                            step -> {
                                StepRunner.Result result = steps.run(step);
                                if (result == StepRunner.Result.DONE) {
                                    meter.done();
                                    synchronized (done) {
                                        done.add(step.id());
                                    }
                                }
                                return result;
                            },
                            workshop.threads(),
                            halt)
                    .run();
            fruitless = done.isEmpty() ? fruitless + 1 : 0;
            if (fruitless == PATIENCE) {
                return StepRunner.Result.BROKEN;
            }
        }
    }
}
