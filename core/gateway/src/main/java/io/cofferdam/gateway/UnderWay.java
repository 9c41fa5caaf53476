package io.cofferdam.gateway;

import io.cofferdam.error.OperationInterruptedException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** How many requests and connections are under way to one target of a project. */
final class UnderWay {

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition none = lock.newCondition();
    private int count;

    void enter() {
        lock.lock();
        try {
            count++;
        } finally {
            lock.unlock();
        }
    }

    void leave() {
        lock.lock();
        try {
            if (--count == 0) {
                none.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isNone() {
        lock.lock();
        try {
            return count == 0;
        } finally {
            lock.unlock();
        }
    }

    boolean awaitNone(long nanos, String what) {
        try {
            lock.lockInterruptibly();
            try {
                long left = nanos;
                while (count > 0 && left > 0) {
                    left = none.awaitNanos(left);
                }
                return count == 0;
            } finally {
                lock.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        }
    }
}
