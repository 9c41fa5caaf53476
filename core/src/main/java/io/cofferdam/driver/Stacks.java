package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Retry;
import io.cofferdam.engine.Capability;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.NotFoundException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The networks of stacks: made before the first member, removed after the last. Inside this JVM members are made side by
 * side, but never while the network is being removed; another JVM may remove it in between all the same, so whoever
 * makes or starts a member makes sure of the network again as often as the engine misses it.
 */
final class Stacks {

    private final EngineSession session;
    private final Map<String, ReentrantReadWriteLock> locks = new ConcurrentHashMap<>();

    /**
     * Whoever looked for members before this one was there may still remove the network, but once only. So many at once
     * are more than there will be; a network that is missing for another reason is told soon.
     */
    private final Retry untilItStays = Retry.builder()
            .maxAttempts(10)
            .delay(Duration.ofMillis(5), Duration.ofMillis(50))
            .retryOn(NetworkGone.class::isInstance)
            .build();

    /** Another JVM removed the network in between. */
    private static final class NetworkGone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final NotFoundException reason;

        NetworkGone(NotFoundException reason) {
            super(reason.getMessage(), reason, false, false);
            this.reason = reason;
        }
    }

    Stacks(EngineSession session) {
        this.session = session;
    }

    /** Makes a member, with the network there. */
    <T> T entering(String stack, Deadline deadline, Supplier<T> making) {
        return retrying(deadline, "making a member of stack '" + stack + "'", () -> {
            try {
                return attempt(stack, making);
            } catch (ImageNotFoundException missing) {
                throw missing;
            } catch (NotFoundException gone) {
                throw new NetworkGone(gone);
            }
        });
    }

    /** Starts a member, bound to the network that there is now if the one it was made for has gone. */
    void start(String id, CreateRequest.Membership membership, Deadline deadline) {
        String stack = membership.network();
        retrying(deadline, "starting a member of stack '" + stack + "'", () -> {
            try {
                session.driver.start(id, deadline);
                return Boolean.TRUE;
            } catch (NotFoundException gone) {
                // Throws again if it is the unit that is gone and not its network.
                session.driver.inspect(id, deadline);
                bindAgain(id, membership, deadline);
                throw new NetworkGone(gone);
            }
        });
    }

    private void bindAgain(String id, CreateRequest.Membership membership, Deadline deadline) {
        try {
            ensure(membership.network());
            if (session.driver.capabilities().has(Capability.SEVERAL_NETWORKS)) {
                session.driver.connect(id, membership, deadline);
            }
        } catch (NotFoundException goneAgain) {
            throw new NetworkGone(goneAgain);
        }
    }

    private <T> T retrying(Deadline deadline, String what, Supplier<T> work) {
        try {
            return untilItStays.call(deadline, what, work::get);
        } catch (NetworkGone gone) {
            throw gone.reason;
        }
    }

    private <T> T attempt(String stack, Supplier<T> making) {
        ReentrantReadWriteLock lock = lock(stack);
        lock.readLock().lock();
        try {
            ensure(stack);
            return making.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void ensure(String stack) {
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
