package io.cofferdam.deployment;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.deployment.JournalEntry.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The pauses of one deployment: those that end by themselves, also when they were begun by another JVM, and those that wait to be promoted. */
final class Pauses {

    private final Ledger ledger;
    private final Scheduler scheduler;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    /** Guarded by the lock. */
    private boolean isPromoted;

    private int inside;

    Pauses(Ledger ledger, Scheduler scheduler) {
        this.ledger = ledger;
        this.scheduler = scheduler;
    }

    /** Ends the pause that is on; says whether there is one. */
    boolean promote() {
        lock.lock();
        try {
            // One that another JVM began counts before it is gone back to here.
            isPromoted = inside > 0 || !ledger.state().pauses().isEmpty();
            changed.signalAll();
            return isPromoted;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the pause is over. */
    void pass(Step.Pause pause, Halt halt) throws Exception {
        boolean waitsForPromotion = pause.time() == null;
        Instant now = ledger.now();
        Ledger.Entry begin = ledger.entry().state(state -> state.pausing(pause.id(), now));
        if (!ledger.state().pauses().containsKey(pause.id())) {
            String message = waitsForPromotion
                    ? "paused (" + pause.name() + ") until it is promoted"
                    : "waits " + text(Objects.requireNonNull(pause.time())) + " (" + pause.name() + ")";
            begin.journal(pause.id(), Phase.INTENT, "")
                    .event(DeploymentEventType.PAUSED, "", message, Map.of("pause", pause.name()))
                    .at(status(waitsForPromotion), message);
        }
        begin.write();
        halt.waiting(() -> {
            await(pause);
            return null;
        });
        ledger.entry()
                .state(state -> state.passing(pause.id()))
                .journal(pause.id(), Phase.DONE, "")
                .event(DeploymentEventType.RESUMED, "the pause is over: " + pause.name())
                .at(DeploymentStatus.IN_PROGRESS, "goes on after the pause (" + pause.name() + ")")
                .write();
    }

    private static DeploymentStatus status(boolean waitsForPromotion) {
        return waitsForPromotion ? DeploymentStatus.PAUSED : DeploymentStatus.IN_PROGRESS;
    }

    private static String text(Duration time) {
        return time.toMillis() % 1000 == 0 ? time.toSeconds() + " s" : time.toMillis() + " ms";
    }

    private void look() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void await(Step.Pause pause) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            inside++;
            while (!isPromoted) {
                Duration time = pause.time();
                if (time == null) {
                    changed.await();
                    continue;
                }
                Instant began = ledger.state().pauses().getOrDefault(pause.id(), ledger.now());
                Duration left = time.minus(Duration.between(began, ledger.now()));
                if (left.isNegative() || left.isZero()) {
                    return;
                }
                Cancellable alarm = scheduler.schedule(left, this::look);
                try {
                    changed.await();
                } finally {
                    alarm.cancel();
                }
            }
            isPromoted = false;
        } finally {
            inside--;
            lock.unlock();
        }
    }
}
