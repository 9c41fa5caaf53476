package io.cofferdam.deployment;

import io.cofferdam.concurrent.Ticker;
import io.cofferdam.deployment.JournalEntry.Phase;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.InstanceStatus;
import io.cofferdam.workload.Revision;
import io.cofferdam.workload.Workloads;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Does single steps of one deployment: checks the guard, writes down what is meant, does it, writes down what came of it. Thread-safe:
 * steps that do not wait for each other are done at the same time.
 */
final class StepRunner {

    /** What became of a step that did not fail. */
    enum Result {
        /** It is done. */
        DONE,
        /** The world is not as the plan expected. */
        BROKEN
    }

    private final Workloads workloads;
    private final Observation observation;
    private final Traffic traffic;
    private final Ledger ledger;
    private final Goal goal;
    private final DeployOptions options;
    private final Halt halt;
    private final ProgressDeadline progress;
    private final Pauses pauses;
    private final Checks checks;

    /** How many instances are started or stopped at the same time. */
    private final Semaphore hands;

    StepRunner(Workshop workshop, Ledger ledger, Goal goal, DeployOptions options, Halt halt, Pauses pauses) {
        this.workloads = workshop.workloads();
        this.observation = workshop.observation();
        this.traffic = workshop.traffic();
        this.checks = workshop.checks();
        this.ledger = ledger;
        this.goal = goal;
        this.options = options;
        this.halt = halt;
        this.pauses = pauses;
        this.progress = new ProgressDeadline(options.progressDeadline(), Ticker.system());
        this.hands = new Semaphore(options.parallelism());
    }

    /** Does one step; a rolling update is none. */
    Result run(Step step) throws Exception {
        if (step instanceof Step.StartInstance start) {
            return change(step, () -> start(start));
        }
        if (step instanceof Step.AwaitAvailable await) {
            return await(await);
        }
        if (step instanceof Step.Drain drain) {
            return drain(drain);
        }
        if (step instanceof Step.StopInstance stop) {
            return change(step, () -> stop(stop));
        }
        if (step instanceof Step.RunOnce once) {
            return runOnce(once);
        }
        if (step instanceof Step.ShiftTraffic shift) {
            return shift(shift);
        }
        if (step instanceof Step.Verify verify) {
            return verify(verify);
        }
        if (step instanceof Step.Pause pause) {
            pauses.pass(pause, halt);
            progress.restart();
            return Result.DONE;
        }
        if (step instanceof Step.Milestone milestone) {
            if ("services stopped".equals(milestone.name())) {
                ledger.entry()
                        .event(DeploymentEventType.SERVICES_STOPPED, "what changes was stopped")
                        .write();
            }
            return Result.DONE;
        }
        throw new IllegalStateException("no single step: " + step.id());
    }

    /** Something that changes the engine: never cut off, and never begun once something is to come to a stop. */
    private Result change(Step step, Callable<Ledger.Entry> body) throws Exception {
        halt.waiting(() -> {
            hands.acquire();
            return null;
        });
        try {
            if (!holds(step)) {
                return Result.BROKEN;
            }
            halt.check();
            ledger.entry().journal(step.id(), Phase.INTENT, "").write();
            Ledger.Entry outcome;
            try {
                outcome = body.call();
            } catch (CofferdamException e) {
                ledger.entry().journal(step.id(), Phase.FAILED, firstLine(e)).write();
                throw e;
            }
            outcome.journal(step.id(), Phase.DONE, "").write();
            return Result.DONE;
        } finally {
            hands.release();
        }
    }

    private boolean holds(Step step) throws Exception {
        if (step.guard().equals(Guard.NONE)) {
            return true;
        }
        List<InstanceStatus> observed = halt.waiting(observation::now);
        boolean holds = step.guard().holds(Observation.instances(observed));
        if (!holds) {
            ledger.entry()
                    .journal(step.id(), Phase.SKIPPED, "the instances are not as they were when this was planned")
                    .write();
        }
        return holds;
    }

    static String firstLine(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }

    private static Map<String, String> details(Revision revision, int ordinal, @Nullable InstanceStatus status) {
        return status == null
                ? Map.of("revision", revision.hash(), "ordinal", Integer.toString(ordinal))
                : Map.of(
                        "revision",
                        revision.hash(),
                        "ordinal",
                        Integer.toString(ordinal),
                        "instance",
                        status.name(),
                        "unit",
                        status.environment().id(),
                        "image",
                        status.environment().image());
    }

    private Ledger.Entry start(Step.StartInstance start) {
        Blueprint blueprint = goal.blueprint(start.revision());
        InstanceStatus started = workloads.start(
                blueprint, start.ordinal(), blueprint.service().template().startTimeout());
        String service = start.revision().service();
        return ledger.entry()
                .message("started " + started.name())
                .event(
                        DeploymentEventType.INSTANCE_STARTED,
                        service,
                        "instance " + started.name() + " was started",
                        details(start.revision(), start.ordinal(), started));
    }

    private Ledger.Entry stop(Step.StopInstance stop) {
        Optional<InstanceStatus> before = workloads.find(ledger.project().project(), stop.revision(), stop.ordinal());
        workloads.remove(ledger.project().project(), stop.revision(), stop.ordinal());
        String name = before.map(InstanceStatus::name).orElse(stop.revision() + "#" + stop.ordinal());
        before.ifPresent(instance -> traffic.undrain(instance.name()));
        return ledger.entry()
                .message("stopped " + name)
                .event(
                        DeploymentEventType.INSTANCE_STOPPED,
                        stop.revision().service(),
                        "instance " + name + " was stopped and removed",
                        details(stop.revision(), stop.ordinal(), before.orElse(null)));
    }

    private Result await(Step.AwaitAvailable await) throws Exception {
        Blueprint blueprint = goal.blueprint(await.revision());
        Duration minReady = goal.minReady(await.revision().service(), options);
        while (true) {
            try {
                InstanceStatus available = halt.waiting(() ->
                        workloads.awaitAvailable(blueprint, await.ordinal(), minReady, positive(progress.remaining())));
                progress.restart();
                traffic.refresh();
                ledger.entry()
                        .message(available.name() + " is available")
                        .journal(await.id(), Phase.DONE, "")
                        .event(
                                DeploymentEventType.INSTANCE_AVAILABLE,
                                await.revision().service(),
                                "instance " + available.name() + " is available",
                                details(await.revision(), await.ordinal(), available))
                        .write();
                return Result.DONE;
            } catch (NotFoundException e) {
                // Somebody removed it: that is for another plan to mend.
                return Result.BROKEN;
            } catch (NotReadyException e) {
                throw e;
            } catch (OperationTimeoutException e) {
                if (progress.isOver()) {
                    throw e;
                }
            }
        }
    }

    private static Duration positive(Duration time) {
        return time.isNegative() || time.isZero() ? Duration.ofMillis(1) : time;
    }

    private Result drain(Step.Drain drain) throws Exception {
        if (!holds(drain)) {
            return Result.BROKEN;
        }
        Optional<InstanceStatus> instance =
                workloads.find(ledger.project().project(), drain.revision(), drain.ordinal());
        if (instance.isPresent()) {
            halt.waiting(() -> {
                traffic.drain(instance.get().name(), options.drain());
                return null;
            });
        }
        return Result.DONE;
    }

    private Result runOnce(Step.RunOnce once) throws Exception {
        Blueprint blueprint = goal.blueprint(once.revision());
        ledger.entry().journal(once.id(), Phase.INTENT, "").write();
        InstanceStatus ended;
        try {
            ended = halt.waiting(() -> workloads.runOnce(blueprint, options.progressDeadline()));
        } catch (CofferdamException e) {
            ledger.entry().journal(once.id(), Phase.FAILED, firstLine(e)).write();
            throw e;
        }
        progress.restart();
        ledger.entry()
                .journal(once.id(), Phase.DONE, "")
                .event(
                        DeploymentEventType.TASK_COMPLETED,
                        once.revision().service(),
                        ended.name() + " has done its work",
                        details(once.revision(), 1, ended))
                .write();
        return Result.DONE;
    }

    private Result shift(Step.ShiftTraffic shift) throws Exception {
        if (!holds(shift)) {
            return Result.BROKEN;
        }
        halt.check();
        ledger.entry()
                .journal(shift.id(), Phase.INTENT, "")
                .data(data -> data.shifted(shift.weights()))
                .write();
        traffic.shift(ledger.data().weights());
        shifted(shift).journal(shift.id(), Phase.DONE, "").write();
        return Result.DONE;
    }

    private Ledger.Entry shifted(Step.ShiftTraffic shift) {
        Release target = goal.target();
        Ledger.Entry entry = ledger.entry();
        boolean moves = false;
        boolean whole = true;
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, Map<Revision, Integer>> service : shift.weights().entrySet()) {
            Revision wanted = target.service(service.getKey())
                    .map(ServiceTarget::revision)
                    .orElse(null);
            int share = wanted == null ? 0 : service.getValue().getOrDefault(wanted, 0);
            moves |= share > 0;
            whole &= share == 100;
            text.append(text.isEmpty() ? "" : ", ")
                    .append(service.getKey())
                    .append(' ')
                    .append(share)
                    .append('%');
        }
        if (!moves) {
            return entry;
        }
        String type = whole ? DeploymentEventType.TRAFFIC_SWITCHED : DeploymentEventType.TRAFFIC_SHIFTED;
        String message = "the release's share of the traffic: " + text;
        return entry.message(message).event(type, "", message, Map.of());
    }

    private Result verify(Step.Verify verify) throws Exception {
        halt.waiting(() -> {
            checks.check(verify.name(), goal, observation.now());
            return null;
        });
        ledger.entry()
                .state(state -> state.passing(verify.id()))
                .journal(verify.id(), Phase.DONE, "")
                .event(DeploymentEventType.VERIFIED, "checked " + verify.name())
                .write();
        return Result.DONE;
    }
}
