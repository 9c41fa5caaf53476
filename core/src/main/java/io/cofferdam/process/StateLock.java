package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StorageException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps all threads of all JVMs that share one directory out of each other's way. Not reentrant.
 *
 * <p>The lock between JVMs is a lock on a file. POSIX gives such a lock up as soon as its process closes <em>any</em>
 * descriptor of that file, also one of another lock object in the same JVM. So before the file is opened at all, a second
 * file is locked at an offset that is this JVM's process id: the JDK refuses a second lock on that range within the JVM,
 * and no other JVM ever asks for it, so that it does not matter when the kernel forgets it.
 */
final class StateLock {

    private static final long FIRST_PAUSE_NANOS = 200_000;
    private static final long LONGEST_PAUSE_NANOS = 5_000_000;

    private final Path file;
    private final Path guard;
    private final ReentrantLock threads = new ReentrantLock(true);

    /**
     * A lock that lives in a directory.
     *
     * @param directory an existing directory; gets two small files
     */
    StateLock(Path directory) {
        file = directory.resolve(".lock");
        guard = directory.resolve(".lock-jvm");
    }

    /**
     * Waits for the lock.
     *
     * @param what what is to be done under it, as the subject of a sentence
     * @param deadline until when
     * @return gives the lock back; to be closed by the same thread
     */
    Held acquire(String what, Deadline deadline) {
        try {
            if (!threads.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout(what, null);
            }
        } catch (InterruptedException interrupt) {
            throw interrupted(what, interrupt);
        }
        Locked inJvm = null;
        try {
            inJvm = lock(guard, ProcessHandle.current().pid(), what, deadline);
            return new Held(lock(file, 0, what, deadline), inJvm, threads);
        } catch (RuntimeException | Error failure) {
            if (inJvm != null) {
                inJvm.close();
            }
            threads.unlock();
            throw failure;
        }
    }

    private static Locked lock(Path path, long position, String what, Deadline deadline) {
        FileChannel channel = null;
        try {
            channel = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            long pause = FIRST_PAUSE_NANOS;
            FileLock lock = tryLock(channel, position);
            while (lock == null) {
                deadline.check(what);
                // There is no way to wait for a file lock that would end at a deadline.
                TimeUnit.NANOSECONDS.sleep(Math.min(pause, deadline.remainingNanos()));
                pause = Math.min(2 * pause, LONGEST_PAUSE_NANOS);
                lock = tryLock(channel, position);
            }
            return new Locked(channel);
        } catch (InterruptedException | ClosedByInterruptException interrupt) {
            quietly(channel);
            throw interrupted(what, interrupt);
        } catch (IOException failure) {
            quietly(channel);
            throw new StorageException(what + " failed: could not lock " + path + ": " + failure, failure);
        } catch (RuntimeException | Error failure) {
            quietly(channel);
            throw failure;
        }
    }

    private static @Nullable FileLock tryLock(FileChannel channel, long position) throws IOException {
        try {
            return channel.tryLock(position, 1, false);
        } catch (OverlappingFileLockException byThisJvm) {
            return null;
        }
    }

    private static OperationInterruptedException interrupted(String what, Exception cause) {
        Thread.currentThread().interrupt();
        return new OperationInterruptedException(what + " was interrupted", cause);
    }

    private static void quietly(@Nullable Closeable channel) {
        if (channel != null) {
            new Locked(channel).close();
        }
    }

    /** A channel whose lock goes with it. */
    private record Locked(Closeable channel) implements AutoCloseable {
        @Override
        public void close() {
            try {
                channel.close();
            } catch (IOException failure) {
                throw new StorageException("could not give a file lock back: " + failure, failure);
            }
        }
    }

    /** The lock while it is held. */
    static final class Held implements AutoCloseable {
        private final Locked between;
        private final Locked within;
        private final ReentrantLock threads;

        private Held(Locked between, Locked within, ReentrantLock threads) {
            this.between = between;
            this.within = within;
            this.threads = threads;
        }

        @Override
        public void close() {
            try (within) {
                between.close();
            } finally {
                threads.unlock();
            }
        }
    }
}
