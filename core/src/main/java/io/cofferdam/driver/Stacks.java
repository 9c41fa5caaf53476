package io.cofferdam.driver;

import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The networks of stacks: made before the first member, removed after the last. Inside this JVM members are made side by
 * side, but never while the network is being removed; another JVM may remove it in between all the same, so whoever
 * makes or starts a member makes sure of the network again when the engine misses it.
 */
final class Stacks {

    private final EngineSession session;
    private final Map<String, ReentrantReadWriteLock> locks = new ConcurrentHashMap<>();

    Stacks(EngineSession session) {
        this.session = session;
    }

    /** Makes a member, with the network there. */
    <T> T entering(String stack, Supplier<T> making) {
        ReentrantReadWriteLock lock = lock(stack);
        lock.readLock().lock();
        try {
            ensure(stack);
            return making.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Makes sure of the network. */
    void ensure(String stack) {
        session.driver.networks().ensure(stack, Map.of(Labels.STACK, stack, Labels.OWNER, session.owner));
    }

    /** A member has gone, or was not made after all: the network goes if no other is left. */
    void left(String stack) {
        ReentrantReadWriteLock lock = lock(stack);
        lock.writeLock().lock();
        try {
            if (session.driver
                    .list(LabelSelector.of(Labels.STACK, stack), session.callDeadline())
                    .isEmpty()) {
                session.driver.networks().remove(stack);
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private ReentrantReadWriteLock lock(String stack) {
        return locks.computeIfAbsent(stack, name -> new ReentrantReadWriteLock());
    }
}
