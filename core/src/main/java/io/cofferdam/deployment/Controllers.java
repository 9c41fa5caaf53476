package io.cofferdam.deployment;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.deployment.Halt.Reason;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The projects that this engine works on. It takes those that have work and no controller. Thread-safe. */
final class Controllers {

    private static final Logger LOG = LoggerFactory.getLogger(Controllers.class);

    /** How often projects without a controller are looked for. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** How long steps that change something may take to end when the engine is closed, before they are interrupted. */
    private static final Duration LAST_STEPS = Duration.ofSeconds(30);

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(100);

    private final EngineParts parts;
    private final String owner = ProcessHandle.current().pid() + "-" + UUID.randomUUID();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();

    /** Guarded by the lock. */
    private final Map<String, ProjectController> running = new HashMap<>();

    private boolean isClosed;

    Controllers(EngineParts parts) {
        this.parts = parts;
    }

    /** Begins to look for work that others have left. */
    void open() {
        parts.threads().start("projects without a controller", this::look);
    }

    private void look() {
        try {
            do {
                try {
                    for (String project : parts.store().ownerless()) {
                        if (hasWork(project)) {
                            take(project);
                        }
                    }
                } catch (RuntimeException e) {
                    LOG.debug("the store could not be asked for work that was left; it is tried again", e);
                }
            } while (!closing.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean hasWork(String project) {
        return parts.store().unfinished(project).stream()
                .anyMatch(record -> Order.read(record.options()).engine().equals(parts.engineName()));
    }

    /** Looks after a project at once. */
    void wake(String project) {
        ProjectController known = find(project);
        if (known != null) {
            known.wake();
            return;
        }
        lock.lock();
        try {
            if (isClosed) {
                return;
            }
            parts.threads().start("controller of " + project, () -> take(project));
        } finally {
            lock.unlock();
        }
    }

    @Nullable
    private ProjectController find(String project) {
        lock.lock();
        try {
            return running.get(project);
        } finally {
            lock.unlock();
        }
    }

    /** The controller of a project, if this engine has it or can have it now. */
    private Optional<ProjectController> take(String project) {
        lock.lock();
        try {
            ProjectController known = running.get(project);
            if (known != null || isClosed) {
                return Optional.ofNullable(known);
            }
            Optional<Lease> lease = parts.store().acquire(project, owner, parts.lease());
            if (lease.isEmpty()) {
                return Optional.empty();
            }
            ProjectController controller = new ProjectController(parts, lease.get());
            running.put(project, controller);
            parts.threads().start("controller of " + project, () -> {
                try {
                    controller.run();
                } finally {
                    remove(project, controller);
                }
            });
            return Optional.of(controller);
        } finally {
            lock.unlock();
        }
    }

    private void remove(String project, ProjectController controller) {
        lock.lock();
        try {
            running.remove(project, controller);
            ended.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The controller of a project, waited for while somebody else has it. */
    ProjectController await(String project, Deadline deadline) {
        while (true) {
            Optional<ProjectController> controller = take(project);
            if (controller.isPresent()) {
                return controller.get();
            }
            if (deadline.isExpired() || isClosed()) {
                throw new WrongStateException("project '" + project + "' is being worked on by "
                        + parts.store().holder(project).map(Lease::owner).orElse("another controller")
                        + "; wait until that is done, or let it do this");
            }
            try {
                if (closing.await(
                        Math.min(BETWEEN_TRIES.toNanos(), Math.max(1, deadline.remainingNanos())),
                        TimeUnit.NANOSECONDS)) {
                    LOG.debug("waiting for project '{}' ends, since the engine is closed", project);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("waiting for project '" + project + "' was interrupted", e);
            }
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return isClosed;
        } finally {
            lock.unlock();
        }
    }

    /** Stops all of them at their next step. */
    void close() {
        List<ProjectController> all;
        lock.lock();
        try {
            isClosed = true;
            all = new ArrayList<>(running.values());
        } finally {
            lock.unlock();
        }
        closing.countDown();
        all.forEach(controller -> controller.stop(Reason.CLOSE));
    }

    /** Waits until all of them have stopped; called when they are closed, so what they do is short. */
    void awaitEnd() {
        Deadline deadline = Deadline.in(LAST_STEPS);
        lock.lock();
        try {
            while (!running.isEmpty() && !deadline.isExpired()) {
                ended.awaitNanos(deadline.remainingNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }
}
