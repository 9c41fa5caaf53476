package io.cofferdam.driver;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Carries what one thread writes to a process to the thread that sends it. Unlike the JDK's pipe it does not care which
 * threads those are, wakes its reader at once, and ends when either side does.
 */
final class StdinPipe {

    private static final int SIZE = 64 * 1024;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final byte[] buffer = new byte[SIZE];
    private int start;
    private int filled;
    private boolean ended;
    private boolean broken;

    final InputStream input = new InputStream() {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return length == 0 ? 0 : take(bytes, offset, length);
        }
    };

    final OutputStream output = new OutputStream() {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            put(bytes, offset, length);
        }

        @Override
        public void close() {
            end(false);
        }
    };

    /** Nobody reads any more: writes fail from now on. */
    void breakOff() {
        end(true);
    }

    private void end(boolean broke) {
        lock.lock();
        try {
            ended = true;
            broken |= broke;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private int take(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
            while (filled == 0 && !ended) {
                pause();
            }
            if (filled == 0 || broken) {
                return -1;
            }
            int count = Math.min(Math.min(length, filled), SIZE - start);
            System.arraycopy(buffer, start, bytes, offset, count);
            start = (start + count) % SIZE;
            filled -= count;
            changed.signalAll();
            return count;
        } finally {
            lock.unlock();
        }
    }

    private void put(byte[] bytes, int offset, int length) throws IOException {
        lock.lock();
        try {
            int from = offset;
            int left = length;
            while (left > 0) {
                while (filled == SIZE && !ended) {
                    pause();
                }
                if (ended) {
                    throw new IOException(broken ? "the process has ended" : "the input was closed");
                }
                int free = (start + filled) % SIZE;
                int count = Math.min(Math.min(left, SIZE - filled), SIZE - free);
                System.arraycopy(bytes, from, buffer, free, count);
                filled += count;
                from += count;
                left -= count;
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Those who call it loop.
    private void pause() throws InterruptedIOException {
        try {
            changed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted");
        }
    }
}
