package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.pool.EnvironmentPool;
import io.cofferdam.pool.Lease;
import io.cofferdam.pool.PoolOptions;
import io.cofferdam.pool.PoolReset;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool behind a declaration with one: all tests of the run that declare the same take from it. */
final class PooledEnvironments implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PooledEnvironments.class);

    /** Each waits for those before it, which wait for a start. */
    private static final int STARTS = 5;

    private final Session session;
    private final Declaration declaration;
    private final EnvironmentPool pool;

    /** What those that are put back go back to, by their names. */
    private final Map<String, Snapshot> clean = new ConcurrentHashMap<>();

    /** Those whose software remembers by itself. */
    private final Map<String, Boolean> remembered = new ConcurrentHashMap<>();

    private PooledEnvironments(Session session, Declaration declaration) {
        this.session = session;
        this.declaration = declaration;
        EnvironmentSpec spec = declaration.preset().spec(session.engine.capabilities());
        EnvironmentSpec.Builder builder =
                spec.toBuilder().name(session.unique(declaration.name())).alias(declaration.name());
        session.settings.pullPolicy().ifPresent(builder::pullPolicy);
        boolean discards = declaration.reset() == Reset.NONE;
        PoolOptions options = PoolOptions.ofSize(declaration.pool()).withOwnStacks();
        this.pool = EnvironmentPool.open(
                session.engine,
                builder.build(),
                discards ? options : options.withMaximum(declaration.pool()).withReset(putsBack()));
    }

    static Member claim(Session session, Declaration declaration) throws Exception {
        EnvironmentSpec content = declaration.preset().spec(session.engine.capabilities());
        String key = "pool " + declaration.name() + " " + declaration.reset() + " " + declaration.pool() + " "
                + ContentKey.of(content);
        return session.shared(key)
                .get(
                        PooledEnvironments.class,
                        "the pool of '" + declaration.name() + "'",
                        () -> new PooledEnvironments(session, declaration))
                .claim(declaration);
    }

    private Member claim(Declaration wanted) throws Exception {
        Lease lease = pool.claim(session.engine.config().startTimeout().multipliedBy(STARTS));
        try {
            IsolatedEnvironment environment = lease.environment();
            session.histories.begin(environment.name());
            remember(environment);
            return new Member(session, wanted, environment, lease, false);
        } catch (Exception | Error failed) {
            lease.discard();
            throw failed;
        }
    }

    /** When nobody had it before. */
    private void remember(IsolatedEnvironment environment) throws Exception {
        String name = environment.name();
        if (declaration.reset() == Reset.SNAPSHOT && !clean.containsKey(name)) {
            clean.put(name, environment.snapshot(Member.cleanName(environment)));
        } else if (declaration.reset() == Reset.DATA && remembered.putIfAbsent(name, true) == null) {
            declaration.dataReset().remember(environment, connection(environment));
        }
    }

    private PoolReset putsBack() {
        return environment -> {
            session.histories.forget(environment.name());
            try {
                Snapshot snapshot = clean.get(environment.name());
                if (snapshot != null) {
                    environment.restore(snapshot);
                } else {
                    declaration.dataReset().putBack(environment, connection(environment));
                }
                return true;
            } catch (Exception failed) {
                LOG.warn(
                        "'{}' could not be put back after a test and is replaced: {}",
                        environment.name(),
                        failed.getMessage());
                return false;
            }
        };
    }

    private ConnectionDetails connection(IsolatedEnvironment environment) {
        return declaration.preset().connection(declaration.name(), environment);
    }

    @Override
    public void close() {
        try {
            pool.close();
        } finally {
            clean.values().forEach(snapshot -> session.engine.snapshots().remove(snapshot.name()));
        }
    }
}
