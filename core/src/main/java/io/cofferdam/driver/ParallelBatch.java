package io.cofferdam.driver;

import io.cofferdam.environment.Batch;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A batch whose members are found when an operation begins, and worked on side by side. */
final class ParallelBatch implements Batch {

    private final EngineSession session;
    private final Supplier<Map<String, Supplier<IsolatedEnvironment>>> members;
    private final boolean cancelling;

    /**
     * Makes a batch.
     *
     * @param members gives each name with what gives its environment, or throws why there is none
     */
    ParallelBatch(EngineSession session, Supplier<Map<String, Supplier<IsolatedEnvironment>>> members) {
        this(session, members, false);
    }

    private ParallelBatch(
            EngineSession session, Supplier<Map<String, Supplier<IsolatedEnvironment>>> members, boolean cancelling) {
        this.session = session;
        this.members = members;
        this.cancelling = cancelling;
    }

    @Override
    public Batch cancellingSiblings() {
        return new ParallelBatch(session, members, true);
    }

    /** Those that are under way, as long as none has failed. */
    private static final class Siblings {
        private final Set<Thread> running = new HashSet<>();
        private String failed = "";

        /** Whether the calling thread may begin; from then on it is interrupted when another fails. */
        synchronized boolean enter() {
            return failed.isEmpty() && running.add(Thread.currentThread());
        }

        /** The calling thread has come to its end; an interrupt that comes later than that is not for it. */
        synchronized void leave() {
            running.remove(Thread.currentThread());
        }

        synchronized void callOff(String because) {
            if (failed.isEmpty()) {
                failed = because;
                running.forEach(Thread::interrupt);
            }
        }

        synchronized String failed() {
            return failed;
        }
    }

    @Override
    public BatchResult each(Consumer<IsolatedEnvironment> operation) {
        session.ensureOpen();
        Map<String, Supplier<IsolatedEnvironment>> all = new TreeMap<>(members.get());
        List<BatchResult.Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        Semaphore places = new Semaphore(session.config.parallelism());
        CountDownLatch left = new CountDownLatch(all.size());
        List<Thread> threads = new ArrayList<>();
        Siblings siblings = new Siblings();
        try {
            for (Map.Entry<String, Supplier<IsolatedEnvironment>> member : all.entrySet()) {
                places.acquire();
                threads.add(session.threads.start("batch " + member.getKey(), () -> {
                    try {
                        outcomes.add(new BatchResult.Outcome(
                                member.getKey(), run(member.getKey(), member.getValue(), operation, siblings)));
                    } finally {
                        places.release();
                        left.countDown();
                    }
                }));
            }
            left.await();
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("an operation on several environments was interrupted", e);
        }
        List<BatchResult.Outcome> sorted = new ArrayList<>(outcomes);
        sorted.sort(Comparator.comparing(BatchResult.Outcome::name));
        return new BatchResult(sorted);
    }

    private @Nullable CofferdamException run(
            String name,
            Supplier<IsolatedEnvironment> member,
            Consumer<IsolatedEnvironment> operation,
            Siblings siblings) {
        if (!siblings.enter()) {
            return calledOff(name, siblings, null);
        }
        CofferdamException failure;
        try {
            operation.accept(member.get());
            return null;
        } catch (CofferdamException failed) {
            failure = failed;
        } catch (RuntimeException thrown) {
            failure = new CofferdamException("the operation failed: " + thrown, thrown);
        } finally {
            siblings.leave();
        }
        if (!siblings.failed().isEmpty() && failure instanceof OperationInterruptedException) {
            return calledOff(name, siblings, failure);
        }
        if (cancelling) {
            siblings.callOff(name);
        }
        return failure;
    }

    private static OperationInterruptedException calledOff(
            String name, Siblings siblings, @Nullable CofferdamException cause) {
        return new OperationInterruptedException(
                "'" + name + "' was called off because '" + siblings.failed() + "' failed", cause);
    }
}
