package io.cofferdam.junit;

import io.cofferdam.error.OperationInterruptedException;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Something that is made once and closed with the run. Whoever comes while it is made waits for it; when making it failed, the
 * next one tries again.
 */
final class Shared {

    private final ReentrantLock lock = new ReentrantLock();

    @Nullable
    private AutoCloseable value;

    <T extends AutoCloseable> T get(Class<T> type, String what, Callable<T> maker) throws Exception {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException("waiting for " + what + " was interrupted", e);
        }
        try {
            AutoCloseable there = value;
            if (there == null) {
                there = maker.call();
                value = there;
            }
            return type.cast(there);
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            if (value != null) {
                value.close();
            }
        } catch (RuntimeException failed) {
            throw failed;
        } catch (Exception checked) {
            throw new IllegalStateException(checked);
        } finally {
            value = null;
            lock.unlock();
        }
    }
}
