package io.cofferdam.docker;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Makes the same call for many things, some at a time. */
final class Parallel {

    private final Threads threads;
    private final int parallelism;

    Parallel(Threads threads, int parallelism) {
        this.threads = threads;
        this.parallelism = parallelism;
    }

    /**
     * Calls for each.
     *
     * @return the results in the order of the things
     * @throws CofferdamException the failure of the first thing that failed; what is under way then is interrupted
     */
    <A, B> List<B> map(Operation operation, List<A> things, Deadline deadline, Function<A, B> call) {
        if (things.size() < 2) {
            return things.stream().map(call).toList();
        }
        List<CompletableFuture<B>> results = new ArrayList<>();
        things.forEach(thing -> results.add(new CompletableFuture<>()));
        AtomicInteger next = new AtomicInteger();
        List<Thread> workers = new ArrayList<>();
        try {
            for (int i = 0; i < Math.min(parallelism, things.size()); i++) {
                workers.add(threads.start(operation.doing(), () -> work(things, results, next, call)));
            }
            List<B> values = new ArrayList<>();
            for (CompletableFuture<B> result : results) {
                values.add(Bounded.await(result, deadline, operation.doing()));
            }
            return values;
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof CofferdamException known
                    ? known
                    : new IllegalStateException(operation.couldNot(), failure.getCause());
        } catch (RejectedExecutionException closed) {
            throw new ClosedException(operation.failed("the orchestrator was closed"), closed);
        } finally {
            next.set(things.size());
            workers.forEach(Thread::interrupt);
        }
    }

    private static <A, B> void work(
            List<A> things, List<CompletableFuture<B>> results, AtomicInteger next, Function<A, B> call) {
        for (int i = next.getAndIncrement(); i < things.size(); i = next.getAndIncrement()) {
            try {
                results.get(i).complete(call.apply(things.get(i)));
            } catch (RuntimeException failure) {
                results.get(i).completeExceptionally(failure);
            }
        }
    }
}
