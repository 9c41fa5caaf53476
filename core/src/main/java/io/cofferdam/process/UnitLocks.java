package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.Watch;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** Lets one operation at a time change something: against threads by a lock, against other JVMs by a {@link Claim}. */
final class UnitLocks {

    /** How often a claim is tried that another JVM has. There is no wake-up between JVMs; operations are short. */
    private static final long RETRY_MILLIS = 5;

    private final ProcessTable processes;
    private final Jvm jvm;
    private final Map<Path, Local> locals = new HashMap<>();

    private static final class Local {
        final ReentrantLock lock = new ReentrantLock();
        int users;
    }

    UnitLocks(ProcessTable processes, Jvm jvm) {
        this.processes = processes;
        this.jvm = jvm;
    }

    /** What is done under a lock. */
    @FunctionalInterface
    interface Body {
        /** Does it. */
        void run() throws IOException;
    }

    /**
     * Does something while nobody else does anything with the same place.
     *
     * @param place the claim's directory
     * @param what the operation, for messages
     * @throws NotFoundException if the directory that the claim would be in is gone
     */
    @SuppressWarnings("try") // The right is there to be given back.
    void exclusively(Path place, Deadline deadline, String what, Body body) {
        try (Watch right = take(place, deadline, what)) {
            body.run();
        } catch (IOException e) {
            throw Failures.of(what, e);
        }
    }

    /** To be closed by the same thread. A thread that has the right may take it again. */
    private Watch take(Path place, Deadline deadline, String what) {
        Local local;
        synchronized (locals) {
            local = locals.computeIfAbsent(place, path -> new Local());
            local.users++;
        }
        boolean locked = false;
        try {
            locked = local.lock.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            if (!locked) {
                throw deadline.timeout(what, null);
            }
            Optional<Claim> claim =
                    local.lock.getHoldCount() > 1 ? Optional.empty() : Optional.of(claim(place, deadline, what));
            return () -> {
                try {
                    if (claim.isPresent()) {
                        claim.get().release();
                    }
                } catch (IOException e) {
                    throw Failures.of(what, e);
                } finally {
                    leave(place, local, true);
                }
            };
        } catch (InterruptedException e) {
            leave(place, local, locked);
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", e);
        } catch (RuntimeException | Error e) {
            leave(place, local, locked);
            throw e;
        }
    }

    private void leave(Path place, Local local, boolean locked) {
        if (locked) {
            local.lock.unlock();
        }
        synchronized (locals) {
            local.users--;
            if (local.users == 0) {
                locals.remove(place);
            }
        }
    }

    private Claim claim(Path place, Deadline deadline, String what) throws InterruptedException {
        while (true) {
            Optional<Claim> claim = tryClaim(place, what);
            if (claim.isPresent()) {
                return claim.get();
            }
            deadline.check(what);
            TimeUnit.MILLISECONDS.sleep(RETRY_MILLIS);
        }
    }

    /** Takes a claim for this engine, unless somebody alive has it. */
    Optional<Claim> tryClaim(Path place, String what) {
        try {
            return Claim.take(place, jvm.token(), token -> Jvm.isAlive(processes, token));
        } catch (IOException e) {
            if (!Files.isDirectory(place.resolveSibling("."))) {
                throw new NotFoundException(what + " failed: the environment has been removed", e);
            }
            throw Failures.of(what, e);
        }
    }
}
