package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.pool.Lease;
import org.jspecify.annotations.Nullable;

/** One environment that runs for tests. */
final class Member implements AutoCloseable {

    /** A label of RFC 1123. */
    static final int LONGEST_NAME = 63;

    final Declaration declaration;
    final IsolatedEnvironment environment;

    private final Session session;

    @Nullable
    private final Lease lease;

    private final boolean forLaterRuns;

    @Nullable
    private Snapshot clean;

    /** Whether a test may have left something in it. */
    private boolean used;

    private volatile boolean kept;

    Member(
            Session session,
            Declaration declaration,
            IsolatedEnvironment environment,
            @Nullable Lease lease,
            boolean forLaterRuns) {
        this.session = session;
        this.declaration = declaration;
        this.environment = environment;
        this.lease = lease;
        this.forLaterRuns = forLaterRuns;
    }

    /** Remembers what it is now, to go back to. Called once, when it is ready. */
    void remember() throws Exception {
        switch (declaration.reset()) {
            case SNAPSHOT -> clean = environment.snapshot(cleanName(environment));
            case DATA -> declaration.dataReset().remember(environment, connection());
            case NONE -> used = false;
        }
    }

    static String cleanName(IsolatedEnvironment environment) {
        String name = environment.name();
        return name.substring(0, Math.min(name.length(), LONGEST_NAME - "-clean".length())) + "-clean";
    }

    /**
     * Puts it back if a test had it before.
     *
     * @return whether that was so
     */
    boolean putBack() throws Exception {
        boolean before = used;
        used = true;
        if (!before || declaration.reset() == Reset.NONE) {
            return false;
        }
        if (clean != null) {
            environment.restore(clean);
        } else {
            declaration.dataReset().putBack(environment, connection());
        }
        return true;
    }

    ConnectionDetails connection() {
        return declaration.preset().connection(declaration.name(), environment);
    }

    EnvironmentSpec spec() {
        return environment.spec();
    }

    boolean isLeased() {
        return lease != null;
    }

    /** It stays when it is closed, if it ends by itself. */
    boolean keep() {
        kept = lease == null;
        return kept;
    }

    @Override
    public void close() {
        if (lease != null) {
            lease.close();
            return;
        }
        if (forLaterRuns) {
            return;
        }
        try {
            if (!kept) {
                environment.remove();
            }
        } finally {
            session.histories.forget(environment.name());
            if (clean != null) {
                session.engine.snapshots().remove(clean.name());
            }
        }
    }
}
