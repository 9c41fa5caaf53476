package io.cofferdam.deployment;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.OperationInterruptedException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Carries one plan out: each step as soon as those it waits for are done, each on a thread of its own. When a step fails or finds the
 * world changed, nothing new is begun, and what is under way is waited for; after a failure, waits are cut short.
 */
final class PlanRun {

    /** Does one step. */
    @FunctionalInterface
    interface Worker {
        StepRunner.Result run(Step step) throws Exception;
    }

    private record Done(
            Step step,
            StepRunner.@Nullable Result result,
            @Nullable Throwable failure) {}

    private final Plan plan;
    private final Worker worker;
    private final Threads threads;
    private final Halt halt;
    private final BlockingQueue<Done> done = new LinkedBlockingQueue<>();
    private final Map<String, Integer> open = new HashMap<>();
    private final Map<String, List<Step>> after = new HashMap<>();
    private final Deque<Step> ready = new ArrayDeque<>();
    private int running;

    PlanRun(Plan plan, Worker worker, Threads threads, Halt halt) {
        this.plan = plan;
        this.worker = worker;
        this.threads = threads;
        this.halt = halt;
    }

    /**
     * Carries it out.
     *
     * @return whether all of it was done; if not, another plan is needed
     * @throws Halt.Halted if it was brought to a stop
     */
    boolean run() throws Exception {
        for (Step step : plan.steps()) {
            int needs = plan.needs(step).size();
            open.put(step.id(), needs);
            if (needs == 0) {
                ready.add(step);
            }
            for (String earlier : plan.needs(step)) {
                after.computeIfAbsent(earlier, id -> new ArrayList<>()).add(step);
            }
        }
        boolean broken = false;
        Throwable failure = null;
        while (true) {
            while (!broken && failure == null && !halt.isRaised() && !ready.isEmpty()) {
                begin(ready.remove());
            }
            if (running == 0) {
                break;
            }
            Done next = done.take();
            running--;
            if (next.result() == StepRunner.Result.DONE) {
                settle(next.step());
            } else if (next.result() == StepRunner.Result.BROKEN) {
                broken = true;
            } else if (!(next.failure() instanceof Halt.Halted) && failure == null) {
                failure = next.failure();
                halt.raise(Halt.Reason.FAILURE);
            }
        }
        if (failure instanceof Exception exception) {
            throw exception;
        }
        if (failure instanceof Error error) {
            throw error;
        }
        halt.check();
        return !broken;
    }

    private void settle(Step step) {
        for (Step later : after.getOrDefault(step.id(), List.of())) {
            if (open.merge(later.id(), -1, Integer::sum) == 0) {
                ready.add(later);
            }
        }
    }

    private void begin(Step step) {
        running++;
        threads.start(step.id(), () -> {
            Done end;
            try {
                end = new Done(step, worker.run(step), null);
            } catch (Throwable e) {
                if (e instanceof OperationInterruptedException || e instanceof InterruptedException) {
                    // Only an engine that is being closed interrupts what changes something.
                    halt.raise(Halt.Reason.CLOSE);
                    end = new Done(step, null, new Halt.Halted(Halt.Reason.CLOSE));
                } else {
                    end = new Done(step, null, e);
                }
            }
            done.add(end);
        });
    }
}
