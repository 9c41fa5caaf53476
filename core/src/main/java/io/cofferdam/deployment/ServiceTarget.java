package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.workload.Revision;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What should be of one service, as far as a strategy has to know.
 *
 * @param revision the content of the service, its name included
 * @param replicas how many instances, 0 or more
 * @param after the services of the release that have to be available, or to have succeeded, before an instance is started
 * @param kind what sort of service it is
 * @param isRouted whether its traffic goes through a router, so that revisions can be given shares of it
 * @param ownRolling settings of the service's own for rolling updates, or null
 */
@Experimental
public record ServiceTarget(
        Revision revision,
        int replicas,
        Set<String> after,
        ServiceKind kind,
        boolean isRouted,
        @Nullable RollingSettings ownRolling) {

    public ServiceTarget {
        Objects.requireNonNull(revision, "revision");
        after = Set.copyOf(after);
        Objects.requireNonNull(kind, "kind");
        if (replicas < 0) {
            throw new IllegalArgumentException("a service has 0 instances or more, not " + replicas);
        }
    }

    /**
     * The service's name.
     *
     * @return unique in a release
     */
    public String name() {
        return revision.service();
    }

    /**
     * Settings of the service's own for rolling updates.
     *
     * @return empty if the strategy's are meant
     */
    public Optional<RollingSettings> rolling() {
        return Optional.ofNullable(ownRolling);
    }
}
