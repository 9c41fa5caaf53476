package io.cofferdam.concurrent;

import io.cofferdam.error.OperationTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads of one instance: of one engine, one bus, one pool. Every thread is named after its owner and its task, and
 * when the owner closes, all of them end.
 *
 * <p>Threads are virtual on Java runtimes that have virtual threads which do not pin (24 and later), and daemon threads
 * of the operating system elsewhere. Tasks are expected to answer an interrupt. What a task throws is logged and ends
 * its thread only.
 *
 * <p>Safe for use by many threads. Nothing is shared between two instances.
 */
public final class Threads implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Threads.class);

    /** How long {@link #close()} waits. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    /** How many threads that do not end are named; a message is to be read. */
    private static final int NAMED = 5;

    private static final Duration GRACE_WHEN_INTERRUPTED = Duration.ofMillis(250);

    private final String name;
    private final ThreadKind kind;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    /** Started and not ended; guarded by the lock. */
    private final Set<Thread> running = new LinkedHashSet<>();
    /** A subset: those of the running ones that are closing this group and that nobody waits for; guarded by the lock. */
    private final Set<Thread> closing = new HashSet<>();
    /** Perhaps alive without being in a task: not yet, or not any more. Guarded by the lock; dead ones drop out. */
    private final Set<Thread> outside = Collections.newSetFromMap(new WeakHashMap<>());

    private final Timer timer;
    private volatile boolean closed;

    private Threads(String name, ThreadKind kind) {
        this.name = Objects.requireNonNull(name, "name");
        this.kind = kind;
        this.timer = new Timer(this);
    }

    /**
     * A new group without any thread yet.
     *
     * @param name the owner, as the first part of the name of each thread
     * @return the group, to be closed by the caller
     */
    public static Threads named(String name) {
        return new Threads(name, ThreadKind.forWaiting());
    }

    /** A group of the given kind, so that both kinds can be tested where both exist. */
    static Threads named(String name, ThreadKind kind) {
        return new Threads(name, kind);
    }

    /**
     * Starts a thread.
     *
     * @param task what it does, as the second part of its name
     * @param body what to run; it should end when interrupted
     * @return the started thread
     * @throws RejectedExecutionException if this group has been closed
     */
    public Thread start(String task, Runnable body) {
        return start(kind, task, body);
    }

    /**
     * Starts a daemon thread of the operating system also where threads are virtual otherwise: for code that may keep a
     * processor busy, for then the system shares the processors out fairly, which it does not among virtual threads.
     *
     * @param task what it does, as the second part of its name
     * @param body what to run; it should end when interrupted
     * @return the started thread
     * @throws RejectedExecutionException if this group has been closed
     */
    public Thread startPlatform(String task, Runnable body) {
        return start(ThreadKind.PLATFORM, task, body);
    }

    private Thread start(ThreadKind threadKind, String task, Runnable body) {
        Thread thread = threadKind.create(name + "-" + task, () -> run(task, body));
        lock.lock();
        try {
            rejectIfClosed(task);
            thread.start();
            running.add(thread);
        } finally {
            lock.unlock();
        }
        return thread;
    }

    private void run(String task, Runnable body) {
        Thread self = Thread.currentThread();
        if (!enter(self)) {
            return;
        }
        try {
            body.run();
        } catch (Throwable e) {
            LOG.error("'{}' of '{}' ended by a failure", task, name, e);
        } finally {
            leave(self);
        }
    }

    /** Registers a thread that runs; needed for those of a factory, which others start. */
    private boolean enter(Thread self) {
        lock.lock();
        try {
            return running.contains(self) || (!closed && running.add(self));
        } finally {
            lock.unlock();
        }
    }

    private void leave(Thread self) {
        lock.lock();
        try {
            running.remove(self);
            closing.remove(self);
            outside.add(self);
            if (running.size() <= closing.size()) {
                ended.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * A view that runs each command on a thread of its own.
     *
     * @param task what the commands do, as the second part of the names of the threads
     * @return an executor that rejects commands once this group has been closed
     */
    public Executor executor(String task) {
        AtomicLong number = new AtomicLong();
        return command -> start(task + "-" + number.incrementAndGet(), command);
    }

    /**
     * A view for executors of {@code java.util.concurrent}. Closing this group interrupts and awaits the threads, it
     * does not shut such an executor down: the executor's owner does that first.
     *
     * @param task what the threads do, as the second part of their names, before a number
     * @return a factory that rejects requests once this group has been closed; a thread that was made before that and
     *     started after it ends at once
     */
    public ThreadFactory factory(String task) {
        AtomicLong number = new AtomicLong();
        return body -> {
            String numbered = task + "-" + number.incrementAndGet();
            Thread thread = kind.create(name + "-" + numbered, () -> run(numbered, body));
            lock.lock();
            try {
                rejectIfClosed(task);
                outside.add(thread);
            } finally {
                lock.unlock();
            }
            return thread;
        };
    }

    /**
     * Runs tasks later on threads of this group, each on one of its own. Tasks still waiting when this group closes are
     * forgotten.
     *
     * @return the same scheduler each time
     */
    public Scheduler scheduler() {
        return timer;
    }

    /**
     * Tells whether {@link #close()} has been called.
     *
     * @return true from the beginning of the first call of it on
     */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends all threads: like {@link #close(Deadline)} with five seconds.
     *
     * @throws OperationTimeoutException naming the threads that did not end
     */
    @Override
    public void close() {
        close(Deadline.in(CLOSE_TIMEOUT));
    }

    /**
     * Interrupts all threads and waits until they have ended. No thread can be started from the beginning of this call
     * on. Calling it again waits again. A thread of this group may call it; that thread is not waited for.
     *
     * <p>An interrupt of the caller cuts the waiting down to 250 ms, which is plenty for threads that answer their own
     * interrupt; the interrupt flag is set again at the end.
     *
     * @param deadline until when to wait
     * @throws OperationTimeoutException if a thread has not ended by then, naming such threads (at most five) and where they are; those
     *     threads stay interrupted and are daemons, so they do not keep the Java runtime alive
     */
    public void close(Deadline deadline) {
        timer.stop();
        List<Thread> threads = interruptAll();
        Deadline end = deadline;
        boolean interrupted = false;
        for (boolean waiting = true; waiting; ) {
            try {
                awaitEnd(threads, end);
                waiting = false;
            } catch (InterruptedException e) {
                interrupted = true;
                end = end.cappedAt(GRACE_WHEN_INTERRUPTED);
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        List<Thread> left = stillToEnd(threads);
        if (!left.isEmpty()) {
            String names = left.stream().limit(NAMED).map(Threads::whereabouts).collect(Collectors.joining(", "))
                    + (left.size() > NAMED ? " and " + (left.size() - NAMED) + " more" : "");
            throw end.timeout("ending the threads of '" + name + "' (" + names + ")", null);
        }
    }

    private List<Thread> interruptAll() {
        lock.lock();
        try {
            closed = true;
            // A thread that closes its own group cannot wait for itself, nor may two such threads wait for each other.
            if (running.contains(Thread.currentThread())) {
                closing.add(Thread.currentThread());
                ended.signalAll();
            }
            List<Thread> threads = new ArrayList<>(running);
            threads.removeAll(closing);
            threads.forEach(Thread::interrupt);
            outside.stream().filter(thread -> !running.contains(thread)).forEach(threads::add);
            return threads;
        } finally {
            lock.unlock();
        }
    }

    private void awaitEnd(List<Thread> threads, Deadline deadline) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = deadline.remainingNanos();
            while (running.size() > closing.size() && left > 0) {
                left = ended.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
        // All have left their tasks by now, but not all need be dead.
        for (Thread thread : stillToEnd(threads)) {
            TimeUnit.NANOSECONDS.timedJoin(thread, deadline.remainingNanos());
        }
    }

    private List<Thread> stillToEnd(List<Thread> threads) {
        lock.lock();
        try {
            return threads.stream()
                    .filter(thread -> thread.isAlive() && !closing.contains(thread))
                    .collect(Collectors.toList());
        } finally {
            lock.unlock();
        }
    }

    private static String whereabouts(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return "'" + thread.getName() + "'" + (stack.length == 0 ? "" : " at " + stack[0]);
    }

    private void rejectIfClosed(String task) {
        if (closed) {
            throw new RejectedExecutionException(
                    "could not start '" + task + "': the threads of '" + name + "' are closed");
        }
    }
}
