package io.cofferdam.driver;

import io.cofferdam.environment.Batch;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
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

    /**
     * Makes a batch.
     *
     * @param members gives each name with what gives its environment, or throws why there is none
     */
    ParallelBatch(EngineSession session, Supplier<Map<String, Supplier<IsolatedEnvironment>>> members) {
        this.session = session;
        this.members = members;
    }

    @Override
    public BatchResult each(Consumer<IsolatedEnvironment> operation) {
        session.ensureOpen();
        Map<String, Supplier<IsolatedEnvironment>> all = new TreeMap<>(members.get());
        List<BatchResult.Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
        Semaphore places = new Semaphore(session.config.parallelism());
        CountDownLatch left = new CountDownLatch(all.size());
        List<Thread> threads = new ArrayList<>();
        try {
            for (Map.Entry<String, Supplier<IsolatedEnvironment>> member : all.entrySet()) {
                places.acquire();
                threads.add(session.threads.start("batch " + member.getKey(), () -> {
                    try {
                        outcomes.add(new BatchResult.Outcome(member.getKey(), run(member.getValue(), operation)));
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

    private static @Nullable CofferdamException run(
            Supplier<IsolatedEnvironment> member, Consumer<IsolatedEnvironment> operation) {
        try {
            operation.accept(member.get());
            return null;
        } catch (CofferdamException failed) {
            return failed;
        } catch (RuntimeException thrown) {
            return new CofferdamException("the operation failed: " + thrown, thrown);
        }
    }
}
