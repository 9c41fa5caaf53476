package io.cofferdam.examples.chaos;

import io.cofferdam.deployment.Change;
import io.cofferdam.deployment.DeploymentStore;
import io.cofferdam.deployment.Lease;
import java.util.concurrent.atomic.AtomicInteger;

/** Ends its JVM without any goodbye right before or right after one certain commit. */
final class DyingStore extends ForwardingStore {

    /** What a shell says of a process that was killed. */
    static final int KILLED = 137;

    private final int at;
    private final boolean isBefore;
    private final AtomicInteger commits = new AtomicInteger();

    /**
     * A store that lives until one commit.
     *
     * @param at the number of the commit, from 1
     * @param isBefore whether it dies before that commit; otherwise after it
     */
    DyingStore(DeploymentStore store, int at, boolean isBefore) {
        super(store);
        this.at = at;
        this.isBefore = isBefore;
    }

    @Override
    public Change.Written commit(Lease lease, Change change) {
        boolean isLast = commits.incrementAndGet() == at;
        if (isLast && isBefore) {
            Runtime.getRuntime().halt(KILLED);
        }
        Change.Written written = super.commit(lease, change);
        if (isLast) {
            Runtime.getRuntime().halt(KILLED);
        }
        return written;
    }

    int commits() {
        return commits.get();
    }
}
