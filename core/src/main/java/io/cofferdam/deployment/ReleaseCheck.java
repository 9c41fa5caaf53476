package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;
import io.cofferdam.application.Application;
import io.cofferdam.traffic.Route;
import io.cofferdam.workload.InstanceStatus;
import java.util.List;

/** A question of the host's own, asked while a release is being tried: whoever answers by an exception has it rolled back. */
@FunctionalInterface
@Experimental
public interface ReleaseCheck {

    /**
     * Asks.
     *
     * @param when {@code before the switch}, {@code through the router} or {@code after the switch}
     * @param application the release that is being tried
     * @param instances all instances of the project now
     * @param routes the addresses callers use; empty without a router
     * @throws Exception if the release is not to stay; the message tells why
     */
    void check(String when, Application application, List<InstanceStatus> instances, List<Route> routes)
            throws Exception;
}
