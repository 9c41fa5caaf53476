package io.cofferdam.pipeline;

import io.cofferdam.concurrent.Deadline;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries a run out: each step as soon as what it waits for is done, by at most so many threads at once. Every change is stored, with
 * its event, before anything follows from it.
 */
final class RunExecution {

    private static final Logger LOG = LoggerFactory.getLogger(RunExecution.class);

    private final EngineParts parts;
    private final RunFacts facts;
    private final Graph graph;
    private final StepWork work;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final StepRecord[] records;
    private final Map<Integer, Map<String, @Nullable Object>> results = new HashMap<>();
    /** Why what comes after a step does not run, because of it or of what came before it; null if nothing failed. */
    private final @Nullable String[] blocked;

    private final int[] open;
    private final Map<Integer, Node> byRank = new HashMap<>();
    private final PriorityQueue<Integer> ready = new PriorityQueue<>();
    private final Map<Integer, Attempt> attempts = new HashMap<>();
    private final CompletableFuture<RunRecord> end = new CompletableFuture<>();
    private volatile Runnable whenOver = () -> {};
    private RunRecord run;
    private long sequence;
    private int left;
    private int workers;
    private int cancels;
    /** The engine is closed, or the store does not take anything any more: nothing is written after that. */
    private boolean isCut;

    RunExecution(EngineParts parts, RunFacts facts, Graph graph, RunRecord run, List<StepRecord> steps, long sequence) {
        this.parts = parts;
        this.facts = facts;
        this.graph = graph;
        this.run = run;
        this.sequence = sequence;
        this.records = new StepRecord[graph.nodes.size()];
        this.blocked = new @Nullable String[graph.nodes.size()];
        this.open = new int[graph.nodes.size()];
        this.left = graph.nodes.size();
        this.work = new StepWork(parts, facts, graph, this);
        steps.forEach(step -> records[step.index()] = step);
        for (Node node : graph.nodes) {
            open[node.index] = node.before.length;
        }
    }

    String id() {
        return facts.run();
    }

    RunFacts facts() {
        return facts;
    }

    CompletableFuture<RunRecord> end() {
        return end;
    }

    void whenOver(Runnable task) {
        whenOver = task;
    }

    /** Begins; what ended well in an earlier life of the run is not done again. */
    void begin() {
        lock.lock();
        try {
            for (Node node : graph.nodes) {
                StepRecord record = records[node.index];
                if (record != null && record.status() == StepStatus.SUCCEEDED) {
                    results.put(node.index, record.resultValues());
                }
            }
            for (Node node : graph.nodes) {
                if (node.before.length == 0) {
                    ready.add(node.rank);
                }
            }
            settle();
            hire(0);
        } finally {
            lock.unlock();
        }
    }

    private Node atRank(int rank) {
        if (byRank.isEmpty()) {
            graph.nodes.forEach(node -> byRank.put(node.rank, node));
        }
        Node node = byRank.get(rank);
        if (node == null) {
            throw new IllegalStateException("no step has rank " + rank);
        }
        return node;
    }

    /** Passes over what needs no work: gates, and steps that had ended already. */
    private void settle() {
        Deque<Node> done = new ArrayDeque<>();
        for (Integer rank : List.copyOf(ready)) {
            Node node = atRank(rank);
            if (isSettled(node)) {
                ready.remove(rank);
                done.add(node);
            }
        }
        while (!done.isEmpty()) {
            Node node = done.remove();
            inherit(node);
            left--;
            for (int after : node.after) {
                if (--open[after] == 0) {
                    Node next = graph.nodes.get(after);
                    if (isSettled(next)) {
                        done.add(next);
                    } else {
                        ready.add(next.rank);
                    }
                }
            }
        }
        finishIfDone();
    }

    private boolean isSettled(Node node) {
        return node.isGate() || records[node.index].status() == StepStatus.SUCCEEDED;
    }

    private void inherit(Node node) {
        for (int before : node.before) {
            if (blocked[node.index] == null) {
                blocked[node.index] = blocked[before];
            }
        }
    }

    /** Starts as many workers as there is work for; one worker less if the caller is one that goes on. */
    private void hire(int going) {
        int wanted = Math.min(ready.size() - going, parts.parallelism() - workers);
        for (int i = 0; i < wanted && !isCut; i++) {
            try {
                parts.threads().start("run-" + id(), this::work);
                workers++;
            } catch (RejectedExecutionException closing) {
                isCut = true;
            }
        }
    }

    private void work() {
        while (true) {
            Node node;
            lock.lock();
            try {
                Integer rank = isCut ? null : ready.poll();
                if (rank == null) {
                    workers--;
                    changed.signalAll();
                    return;
                }
                node = atRank(rank);
            } finally {
                lock.unlock();
            }
            try {
                if (!work.carryOut(node)) {
                    return;
                }
            } catch (RuntimeException | Error broken) {
                breakOff(broken);
                lock.lock();
                try {
                    workers--;
                    changed.signalAll();
                } finally {
                    lock.unlock();
                }
                return;
            }
        }
    }

    /** Frees the place of a worker that hangs in a step nobody waits for. */
    void replaceWorker() {
        lock.lock();
        try {
            workers--;
            changed.signalAll();
            hire(0);
        } finally {
            lock.unlock();
        }
    }

    /** What failed before a step, directly or not; empty if nothing did. */
    Optional<String> blockedBy(Node node) {
        lock.lock();
        try {
            inherit(node);
            return Optional.ofNullable(blocked[node.index]);
        } finally {
            lock.unlock();
        }
    }

    /** Whether the run was cancelled, so that a step does not begin any more. */
    boolean isCancelledFor(Node node) {
        lock.lock();
        try {
            return cancels > 1 || (cancels == 1 && Conditions.status(node.settings()) != Conditions.Status.ALWAYS);
        } finally {
            lock.unlock();
        }
    }

    Map<String, @Nullable Object> resultsOf(Node node) {
        lock.lock();
        try {
            return results.getOrDefault(node.index, Data.none());
        } finally {
            lock.unlock();
        }
    }

    StepRecord record(Node node) {
        lock.lock();
        try {
            return records[node.index];
        } finally {
            lock.unlock();
        }
    }

    /** Registers an attempt, so that a cancel finds it. */
    void attempting(Node node, Attempt attempt) {
        lock.lock();
        try {
            attempts.put(node.index, attempt);
            if (isCut || isCancelledFor(node)) {
                attempt.cut(Attempt.Cut.CANCEL);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Writes that a step goes on; false if the run is cut off and nothing more is to happen. */
    boolean progress(Node node, StepRecord record, String event, String message) {
        lock.lock();
        try {
            return write(run, record, event, node.name, message);
        } finally {
            lock.unlock();
        }
    }

    /** Writes that a step ended, and lets those go that waited for it; true, for the worker goes on and finds what there is to do. */
    boolean complete(Node node, StepRecord record, Map<String, @Nullable Object> values, boolean isHarmless) {
        lock.lock();
        try {
            attempts.remove(node.index);
            if (!values.isEmpty()) {
                results.put(node.index, values);
            }
            if (!write(run, record, "step_" + record.status(), node.name, record.message())) {
                return true;
            }
            inherit(node);
            boolean stops = record.status() == StepStatus.FAILED || record.status() == StepStatus.CANCELLED;
            if (stops && !isHarmless && blocked[node.index] == null) {
                blocked[node.index] =
                        "'" + node.name + "' " + (record.status() == StepStatus.FAILED ? "failed" : "was cancelled");
            }
            left--;
            boolean hasGates = false;
            for (int after : node.after) {
                if (--open[after] == 0) {
                    Node next = graph.nodes.get(after);
                    ready.add(next.rank);
                    hasGates |= isSettled(next);
                }
            }
            if (hasGates) {
                settle();
            } else {
                finishIfDone();
            }
            hire(1);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private void finishIfDone() {
        if (left > 0 || end.isDone()) {
            return;
        }
        RunStatus status = RunStatus.SUCCEEDED;
        List<String> failed = new ArrayList<>();
        for (Node node : graph.nodes) {
            if (node.isGate()) {
                continue;
            }
            StepRecord record = records[node.index];
            boolean isHarmless = StepWork.continuesOnFailure(node);
            if (record.status() == StepStatus.FAILED && !isHarmless) {
                failed.add("'" + node.name + "'");
            }
        }
        String message = "";
        if (!failed.isEmpty()) {
            status = RunStatus.FAILED;
            message = (failed.size() == 1 ? "step " : "steps ")
                    + String.join(", ", failed.subList(0, Math.min(5, failed.size())))
                    + (failed.size() > 5 ? " and " + (failed.size() - 5) + " more" : "") + " failed";
        }
        if (cancels > 0) {
            status = RunStatus.CANCELLED;
            message = "it was cancelled";
        }
        RunRecord over = run.with(status, message, now());
        if (write(over, null, "run_" + status, "", message)) {
            whenOver.run();
            end.complete(over);
        }
    }

    private boolean write(RunRecord newRun, @Nullable StepRecord step, String event, String name, String message) {
        if (isCut) {
            return false;
        }
        PipelineEvent told = new PipelineEvent(id(), sequence + 1, event, name, message, now());
        try {
            parts.store().write(newRun, step == null ? List.of() : List.of(step), List.of(told), false);
        } catch (RuntimeException refused) {
            breakOff(refused);
            return false;
        }
        sequence++;
        run = newRun;
        if (step != null) {
            records[step.index()] = step;
        }
        parts.bus().publish(told);
        return true;
    }

    /** Stops where it is; the store keeps what it has, so that the run can be resumed. */
    void breakOff(Throwable why) {
        lock.lock();
        try {
            if (!isCut) {
                isCut = true;
                LOG.warn(
                        "run '{}' of pipeline '{}' is broken off",
                        id(),
                        facts.pipeline().name(),
                        why);
            }
            attempts.values().forEach(attempt -> attempt.cut(Attempt.Cut.CANCEL));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        whenOver.run();
        end.completeExceptionally(why);
    }

    /** Cancels; a second time also what runs always. */
    void cancel() {
        lock.lock();
        try {
            if (end.isDone() || isCut) {
                return;
            }
            cancels++;
            attempts.forEach((index, attempt) -> {
                if (isCancelledFor(graph.nodes.get(index))) {
                    attempt.cut(Attempt.Cut.CANCEL);
                }
            });
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits before another attempt; false if the step does not go on. */
    boolean pause(Node node, Duration time) {
        Deadline until = Deadline.in(time);
        lock.lock();
        try {
            while (!until.isExpired() && !isCut && !isCancelledFor(node)) {
                changed.await(until.remainingNanos(), TimeUnit.NANOSECONDS);
            }
            return !isCut && !isCancelledFor(node);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until no step is under way any more. */
    void awaitQuiet(Deadline deadline) {
        lock.lock();
        try {
            while (workers > 0 && !deadline.isExpired()) {
                changed.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    Instant now() {
        return parts.clock().instant();
    }
}
