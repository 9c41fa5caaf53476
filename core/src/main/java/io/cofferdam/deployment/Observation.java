package io.cofferdam.deployment;

import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.workload.Instance;
import io.cofferdam.workload.InstanceStatus;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the instances of a project. Whoever asks gets a look that began after the question; questions that come while the
 * engine is being asked share the next look, so that many steps at once do not ask the engine once each. Thread-safe.
 */
final class Observation {

    private final Supplier<List<InstanceStatus>> look;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition done = lock.newCondition();

    /** Looks that were begun, and looks that ended; guarded by the lock. */
    private long begun;

    private long ended;

    /** What came of the last look: one of both. Guarded by the lock. */
    private List<InstanceStatus> seen = List.of();

    @Nullable
    private RuntimeException failure;

    Observation(Supplier<List<InstanceStatus>> look) {
        this.look = look;
    }

    static List<Instance> instances(List<InstanceStatus> observed) {
        return observed.stream().map(InstanceStatus::instance).toList();
    }

    /** What is there now. */
    List<InstanceStatus> now() {
        lock.lock();
        try {
            long wanted = begun + 1;
            while (ended < wanted) {
                if (begun == ended) {
                    lookOnce();
                } else {
                    done.await();
                }
            }
            if (failure instanceof OperationInterruptedException
                    && !Thread.currentThread().isInterrupted()) {
                // It was somebody else who was interrupted while looking for us.
                return now();
            }
            if (failure != null) {
                throw failure;
            }
            return seen;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("looking at the instances of a project was interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    /** Looks without the lock. */
    private void lookOnce() {
        begun++;
        List<InstanceStatus> found = List.of();
        RuntimeException problem = null;
        lock.unlock();
        try {
            found = List.copyOf(look.get());
        } catch (RuntimeException e) {
            problem = e;
        } finally {
            lock.lock();
        }
        seen = found;
        failure = problem;
        ended++;
        done.signalAll();
    }
}
