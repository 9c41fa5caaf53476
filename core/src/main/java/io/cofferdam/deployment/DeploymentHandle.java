package io.cofferdam.deployment;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A deployment as it is in the store, wherever it is carried out. */
final class DeploymentHandle implements Deployment {

    private static final int PAGE = 200;

    private final String id;
    private final String user;
    private final String tenant;
    private final EngineParts parts;
    private final Doorbell doorbell;

    DeploymentHandle(DeploymentRecord record, EngineParts parts, Doorbell doorbell) {
        this.id = record.id();
        this.user = record.user();
        this.tenant = record.tenant();
        this.parts = parts;
        this.doorbell = doorbell;
    }

    @Override
    public String id() {
        return id;
    }

    @Override
    public DeploymentRecord record() {
        return parts.store()
                .find(id)
                .orElseThrow(() -> new NotFoundException("deployment '" + id + "' is not in the store any more"));
    }

    @Override
    public DeploymentRecord await(Duration timeout) {
        return await(Deadline.in(timeout));
    }

    private DeploymentRecord await(Deadline deadline) {
        String what = "waiting for the end of deployment '" + id + "'";
        while (true) {
            long rung = doorbell.count();
            DeploymentRecord record = record();
            if (record.status().isTerminal()) {
                return record;
            }
            if (deadline.isExpired()) {
                throw deadline.timeout(
                        what + " (it is " + record.status() + " at " + record.progress() + "%: " + record.message()
                                + ")",
                        null);
            }
            try {
                doorbell.await(rung, deadline);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException(what + " was interrupted; it goes on", e);
            }
        }
    }

    @Override
    public CompletableFuture<DeploymentRecord> completion() {
        CompletableFuture<DeploymentRecord> end = new CompletableFuture<>();
        parts.threads().start("end of " + id, () -> {
            try {
                end.complete(await(Deadline.none()));
            } catch (OperationInterruptedException e) {
                end.completeExceptionally(new ClosedException(
                        "the engine was closed before deployment '" + id + "' had ended; it goes on"));
            } catch (RuntimeException | Error e) {
                end.completeExceptionally(e);
            }
        });
        return end;
    }

    @Override
    public AutoCloseable follow(Consumer<DeploymentEvent> listener) {
        AtomicBoolean isOver = new AtomicBoolean();
        Thread thread = parts.threads().start("events of " + id, () -> {
            try {
                follow(listener, isOver);
            } catch (OperationInterruptedException closed) {
                // Closing it interrupts whatever it is just doing.
                if (!isOver.get()) {
                    throw closed;
                }
            }
        });
        return () -> {
            isOver.set(true);
            thread.interrupt();
        };
    }

    private void follow(Consumer<DeploymentEvent> listener, AtomicBoolean isOver) {
        long after = 0;
        while (!isOver.get()) {
            long rung = doorbell.count();
            // Asked before the events, so that none is missed of one that has ended.
            boolean hasEnded = record().status().isTerminal();
            List<DeploymentEvent> events = parts.store().eventsOf(id, after, PAGE);
            for (DeploymentEvent event : events) {
                if (isOver.get()) {
                    return;
                }
                after = event.sequence();
                listener.accept(event);
            }
            if (events.isEmpty()) {
                if (hasEnded) {
                    return;
                }
                try {
                    doorbell.await(rung, Deadline.none());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        }
    }

    @Override
    public void cancel() {
        signal(Signal.Kind.CANCEL);
    }

    @Override
    public void promote() {
        signal(Signal.Kind.PROMOTE);
    }

    @Override
    public void pause() {
        signal(Signal.Kind.PAUSE);
    }

    @Override
    public void resume() {
        signal(Signal.Kind.RESUME);
    }

    private void signal(Signal.Kind kind) {
        DeploymentRecord record = record();
        if (!record.status().isTerminal()) {
            parts.store()
                    .signal(
                            new Signal(
                                    0,
                                    record.project(),
                                    id,
                                    kind,
                                    user,
                                    parts.clock().instant()),
                            tenant);
            doorbell.ring(record.project());
        }
    }

    @Override
    public String toString() {
        return "Deployment[" + id + "]";
    }
}
