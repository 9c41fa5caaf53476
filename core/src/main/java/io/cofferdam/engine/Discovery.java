package io.cofferdam.engine;

import io.cofferdam.error.EngineUnavailableException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whether an engine is there: found, or every place that was looked at with the reason why not.
 *
 * @param engine the back end's name
 * @param found what the engine says of itself, or null if it was not found
 * @param rejected the places that were looked at before, or in vain
 */
public record Discovery(String engine, @Nullable EngineInfo found, List<Rejected> rejected) {

    /**
     * A place where the engine is not.
     *
     * @param candidate the place and where it was named, for example {@code unix:///var/run/docker.sock (default)}
     * @param reason why it cannot be used, as a clause
     * @param remedy what to do to use it, as a clause; may be empty
     */
    public record Rejected(String candidate, String reason, String remedy) {
        public Rejected {
            Objects.requireNonNull(candidate, "candidate");
            Objects.requireNonNull(reason, "reason");
            Objects.requireNonNull(remedy, "remedy");
        }

        /** The rejection as one clause. */
        @Override
        public String toString() {
            return candidate + ": " + reason + (remedy.isEmpty() ? "" : "; " + remedy);
        }
    }

    public Discovery {
        Objects.requireNonNull(engine, "engine");
        rejected = List.copyOf(rejected);
    }

    /**
     * The engine was found.
     *
     * @param info what it says of itself
     * @param rejected the places that were looked at before
     * @return the discovery
     */
    public static Discovery found(EngineInfo info, List<Rejected> rejected) {
        return new Discovery(info.engine(), info, rejected);
    }

    /**
     * The engine was not found.
     *
     * @param engine the back end's name
     * @param rejected the places that were looked at
     * @return the discovery
     */
    public static Discovery missing(String engine, List<Rejected> rejected) {
        return new Discovery(engine, null, rejected);
    }

    /**
     * Whether the engine can be opened.
     *
     * @return true if it was found
     */
    public boolean isAvailable() {
        return found != null;
    }

    /**
     * What the engine says of itself.
     *
     * @return empty if it was not found
     */
    public Optional<EngineInfo> info() {
        return Optional.ofNullable(found);
    }

    /**
     * The error for somebody who needs the engine.
     *
     * @return an exception that names every place and reason
     */
    public EngineUnavailableException unavailable() {
        return new EngineUnavailableException(explain());
    }

    /**
     * The finding for people.
     *
     * @return a sentence, with a line for every place that was rejected
     */
    public String explain() {
        String head = found != null
                ? "the " + engine + " engine " + found.version() + " is available at " + found.endpoint()
                : "the " + engine + " engine is not available";
        return rejected.isEmpty()
                ? head
                : head + rejected.stream().map(r -> "\n  - " + r).collect(Collectors.joining("", ":", ""));
    }
}
