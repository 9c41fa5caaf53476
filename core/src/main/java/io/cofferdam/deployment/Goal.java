package io.cofferdam.deployment;

import io.cofferdam.application.Application;
import io.cofferdam.workload.Blueprint;
import io.cofferdam.workload.Prepared;
import io.cofferdam.workload.Revision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Where a deployment is heading: its own release, or the one it goes back to.
 *
 * @param deployment the id of the deployment
 * @param prepared what instances are started from; null for nothing at all
 * @param stable the release that was stable when the deployment began, or null
 * @param colour the set of networks new instances join
 * @param isRollback whether something is being restored
 * @param hasRouter whether services with published ports have a router before them
 */
record Goal(
        String deployment,
        @Nullable Prepared prepared,
        @Nullable Prepared stable,
        String colour,
        boolean isRollback,
        boolean hasRouter) {

    Release target() {
        return prepared == null ? Targets.NOTHING : Targets.of(prepared, hasRouter, isRollback);
    }

    @Nullable
    Release lastStable() {
        return stable == null ? null : Targets.of(stable, hasRouter, isRollback);
    }

    Optional<Application> application() {
        return Optional.ofNullable(prepared).map(Prepared::application);
    }

    /** How long instances of a service have to be ready to count as available on the way. */
    Duration minReady(String service, DeployOptions options) {
        Duration own = application()
                .flatMap(application -> application.service(service))
                .flatMap(one -> Targets.update(one, isRollback))
                // A rollback waits for nothing but proof.
                .map(update -> isRollback ? update.monitor() : update.settle())
                .orElse(Duration.ZERO);
        return own.compareTo(options.minReady()) > 0 ? own : options.minReady();
    }

    /** The releases whose addresses are there on the way. */
    List<Application> applications() {
        if (prepared == null) {
            return stable == null ? List.of() : List.of(stable.application());
        }
        return stable == null ? List.of(prepared.application()) : List.of(prepared.application(), stable.application());
    }

    /** What instances of a revision are made from. */
    Blueprint blueprint(Revision revision) {
        if (prepared == null) {
            throw new IllegalStateException("nothing is started on the way to nothing");
        }
        boolean isRouted = hasRouter
                && prepared.application()
                        .service(revision.service())
                        .filter(Targets::isPublished)
                        .isPresent();
        return new Blueprint(prepared.application(), revision, deployment, colour, isRouted);
    }
}
