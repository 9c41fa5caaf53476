package io.cofferdam.watcher;

import io.cofferdam.api.Experimental;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Removes from one engine what one JVM left there. A sweeper runs in the {@link Watcher}'s process, so it may use the JDK, this
 * package and the classes that its back end names together with it, and nothing else. It has a constructor that takes a
 * {@code Map<String, String>}: the settings of its back end, and the {@link #OWNER}. The same class serves the sweep at the
 * next start, inside the JVM that sweeps.
 */
@Experimental
public interface Sweeper {

    /** The setting with the value of the label {@code io.cofferdam.owner} that everything of the JVM carries. */
    String OWNER = "owner";

    /**
     * Whose things are on the engine.
     *
     * @return the values of the label {@code io.cofferdam.owner}
     * @throws IOException if the engine could not be asked
     */
    Set<String> owners() throws IOException;

    /**
     * Looks once for what is to go: what the owner's session has left, if the owner is dead; its environments whose time is
     * over; environments whose parent is gone.
     *
     * @param ownerIsDead whether the session of the owner is over
     * @param remove whether to remove it, too
     * @return what was found
     * @throws IOException if the engine could not be asked, or something could not be removed; the pass is repeated later
     */
    Pass sweep(boolean ownerIsDead, boolean remove) throws IOException;

    /**
     * The result of one look.
     *
     * @param found what was there that had to go, whether or not it went
     * @param next when the time of the next environment is over, or null if there is none
     */
    record Pass(List<Found> found, @Nullable Instant next) {
        public Pass {
            found = List.copyOf(found);
        }
    }

    /**
     * One thing that is to go.
     *
     * @param kind {@code environment}, {@code network}, {@code volume}, {@code image}, {@code files} or {@code process}
     * @param name how people call it
     * @param id how the engine calls it
     * @param reason why it is to go, as the end of a sentence
     */
    record Found(String kind, String name, String id, String reason) {}
}
