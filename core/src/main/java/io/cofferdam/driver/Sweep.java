package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.engine.Leftover;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.watcher.Sweeper;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The second line of defence behind the watcher: removes what dead owners left, with the watcher's own sweepers. */
final class Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

    /** The first use itself is not to be delayed, nor is a program that only lists. */
    private static final Duration AFTER_FIRST_USE = Duration.ofMillis(250);

    /** What is used by something is found to be free only when that is gone. */
    private static final int ROUNDS = 3;

    private final EngineSession session;
    private final AtomicBoolean asked = new AtomicBoolean();

    Sweep(EngineSession session) {
        this.session = session;
    }

    /** Sweeps in a moment, in the background. */
    void soon() {
        if (session.driver.sweeper("").isEmpty()) {
            return;
        }
        try {
            session.scheduler.schedule(AFTER_FIRST_USE, this::inTheBackground);
        } catch (RejectedExecutionException closing) {
            LOG.debug("nothing is swept: the engine is closing");
        }
    }

    private void inTheBackground() {
        if (asked.get()) {
            return;
        }
        try {
            List<Leftover> swept = work(true);
            swept.forEach(left -> LOG.info(
                    "removed {} '{}' (id {}, {}): {}",
                    left.kind().name().toLowerCase(Locale.ROOT),
                    left.name(),
                    left.id(),
                    session.engine(),
                    left.reason()));
        } catch (CofferdamException failed) {
            if (!session.isClosed()) {
                LOG.warn("could not remove what others left: {}", failed.getMessage());
            }
        }
    }

    /** Sweeps, within the time a call has. */
    List<Leftover> run(boolean remove) {
        // Who asks decides: nothing that was shown to somebody goes behind their back.
        asked.set(true);
        return Bounded.call(
                session.threads,
                session.callDeadline(),
                (remove ? "sweeping" : "looking for leftovers on") + " the " + session.engine() + " engine",
                () -> work(remove),
                () -> {});
    }

    private List<Leftover> work(boolean remove) {
        Optional<Sweeper> asking = session.driver.sweeper("");
        if (asking.isEmpty()) {
            return List.of();
        }
        Map<String, Leftover> found = new LinkedHashMap<>();
        try {
            for (int round = 0; round < (remove ? ROUNDS : 1); round++) {
                if (round(asking.get(), remove, found) == 0) {
                    break;
                }
            }
        } catch (ConnectException away) {
            throw new EngineUnavailableException(
                    "the " + session.engine() + " engine cannot be swept: it does not answer (" + away.getMessage()
                            + ")",
                    away);
        } catch (IOException failure) {
            throw new EngineException(
                    "not all that others left on the " + session.engine() + " engine could be removed: "
                            + failure.getMessage() + "; the next sweep tries again",
                    failure);
        }
        List<Leftover> all = new ArrayList<>(found.values());
        all.sort(Comparator.comparing(Leftover::kind).thenComparing(Leftover::name));
        return all;
    }

    private int round(Sweeper asking, boolean remove, Map<String, Leftover> found) throws IOException {
        int count = 0;
        for (String owner : asking.owners()) {
            boolean dead = isDead(owner);
            Optional<Sweeper> sweeper = session.driver.sweeper(owner);
            if (sweeper.isEmpty()) {
                continue;
            }
            for (Sweeper.Found thing : sweeper.get().sweep(dead, remove).found()) {
                count++;
                Leftover.Kind kind = Leftover.Kind.valueOf(thing.kind().toUpperCase(Locale.ROOT));
                found.putIfAbsent(
                        kind + " " + thing.id(), new Leftover(kind, thing.name(), thing.id(), thing.reason(), owner));
            }
        }
        return count;
    }

    private boolean isDead(String owner) {
        return Owner.isDead(owner, session.driver.isLocal())
                || (!owner.equals(session.owner) && session.driver.hasExpired(owner, session.callDeadline()));
    }
}
