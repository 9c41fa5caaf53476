package io.cofferdam.examples.chaos;

import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.JournalEntry;
import io.cofferdam.deployment.Lease;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends or stops its JVM right before or right after one certain commit. */
final class DyingStore extends ForwardingStore {

    /** What a shell says of a process that was killed. */
    static final int KILLED = 137;

    /** What happens to the JVM, and when. */
    enum Moment {
        /** It ends without any goodbye before the commit. */
        BEFORE,
        /** It ends without any goodbye after the commit. */
        AFTER,
        /**
         * It is stopped (SIGSTOP) after the commit. Only commits that write down an intent are counted: what comes next is the call
         * to the engine.
         */
        STOP
    }

    private final int at;
    private final Moment moment;
    private final AtomicInteger commits = new AtomicInteger();

    /**
     * A store that lets its JVM go on until one commit.
     *
     * @param at the number of the commit, from 1
     * @param moment what happens there
     */
    DyingStore(DeploymentStore store, int at, Moment moment) {
        super(store);
        this.at = at;
        this.moment = moment;
    }

    @Override
    public Change.Written commit(Lease lease, Change change) {
        boolean isCounted = moment != Moment.STOP
                || change.journal().stream().anyMatch(line -> line.phase() == JournalEntry.Phase.INTENT);
        boolean isLast = isCounted && commits.incrementAndGet() == at;
        if (isLast && moment == Moment.BEFORE) {
            Runtime.getRuntime().halt(KILLED);
        }
        Change.Written written = super.commit(lease, change);
        if (isLast && moment == Moment.STOP) {
            stop();
        } else if (isLast) {
            Runtime.getRuntime().halt(KILLED);
        }
        return written;
    }

    /** Stops this JVM; returns when somebody has sent it SIGCONT. */
    private static void stop() {
        try {
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    int commits() {
        return commits.get();
    }
}
