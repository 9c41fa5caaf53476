package io.cofferdam.driver;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.CofferdamException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the engine may still make of calls that were cut off: nobody waits for the answer, and no question that is asked at once can
 * tell. It is looked for again after a while, and before the session ends. Thread-safe.
 */
final class LateArrivals {

    private static final Logger LOG = LoggerFactory.getLogger(LateArrivals.class);

    /** After that the engine has made what it was asked for. */
    private static final Duration LATE = Duration.ofSeconds(2);

    /** For a look that cannot be taken just then. */
    private static final int MOST_LOOKS = 15;

    private final EngineSession session;
    private final Set<Look> pending = ConcurrentHashMap.newKeySet();

    LateArrivals(EngineSession session) {
        this.session = session;
    }

    /**
     * Looks for something later, once.
     *
     * @param what it is, as the object of a sentence
     * @param removal removes it if it is there; says whether it could look
     */
    void expect(String what, BooleanSupplier removal) {
        Look look = new Look(what, removal);
        pending.add(look);
        schedule(look);
    }

    /** Waits until nothing can come any more, a few seconds at the most, and removes what came. Not interrupted. */
    void finish() {
        boolean interrupted = Thread.interrupted();
        for (Look look : pending) {
            try {
                look.over.await(look.due.remainingNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                interrupted = true;
            }
            look.take();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void schedule(Look look) {
        try {
            session.scheduler.schedule(LATE, () -> inBackground(look));
        } catch (RejectedExecutionException closing) {
            LOG.debug("{} is looked for when the session ends", look.what);
        }
    }

    private void inBackground(Look look) {
        try {
            session.threads.start("removal of " + look.what, look::take);
        } catch (RejectedExecutionException closing) {
            LOG.debug("{} is looked for when the session ends", look.what);
        }
    }

    private final class Look {
        private final String what;
        private final BooleanSupplier removal;
        private final Deadline due = Deadline.in(LATE);
        private final AtomicBoolean taken = new AtomicBoolean();
        private final CountDownLatch over = new CountDownLatch(1);
        private int looks;

        Look(String what, BooleanSupplier removal) {
            this.what = what;
            this.removal = removal;
        }

        void take() {
            if (!taken.compareAndSet(false, true)) {
                return;
            }
            boolean looked = true;
            try {
                looked = removal.getAsBoolean();
            } catch (CofferdamException failed) {
                LOG.warn("could not look for {}, which may be left: {}", what, failed.getMessage());
            }
            if (!looked && ++looks < MOST_LOOKS && !session.isClosed()) {
                taken.set(false);
                schedule(this);
                return;
            }
            pending.remove(this);
            over.countDown();
        }
    }
}
