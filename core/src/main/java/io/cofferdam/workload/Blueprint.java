package io.cofferdam.workload;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import java.util.Objects;

/**
 * What the instances of one service in one release are made from.
 *
 * @param application the release, as {@link Workloads#prepare} gave it back
 * @param revision the revision of the service, as {@link Workloads#prepare} gave it
 * @param deployment the id of the deployment that starts them, for their labels
 * @param colour which set of the project's networks they join: names resolve within one colour. Empty for the usual set
 * @param isRouted whether a router has the service's published ports, so that each instance publishes them on ports of its own
 *     that the engine chooses
 */
@Experimental
public record Blueprint(
        Application application, Revision revision, String deployment, String colour, boolean isRouted) {

    public Blueprint {
        Objects.requireNonNull(application, "application");
        Objects.requireNonNull(revision, "revision");
        Objects.requireNonNull(deployment, "deployment");
        Objects.requireNonNull(colour, "colour");
        if (application.service(revision.service()).isEmpty()) {
            throw new IllegalArgumentException(
                    "application '" + application.project() + "' has no service '" + revision.service() + "'");
        }
    }

    /**
     * The project the instances belong to.
     *
     * @return the project's name
     */
    public String project() {
        return application.project();
    }

    /**
     * The service they are instances of.
     *
     * @return the service
     */
    public Service service() {
        return application.service(revision.service()).orElseThrow();
    }
}
