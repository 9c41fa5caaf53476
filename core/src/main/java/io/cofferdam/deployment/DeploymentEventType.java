package io.cofferdam.deployment;

import io.cofferdam.api.Experimental;

/** The types of events. Further ones may come; readers pass over those they do not know. */
@Experimental
public final class DeploymentEventType {

    /** It was accepted, and waits for its turn. */
    public static final String SUBMITTED = "deployment_submitted";

    /** Its work began. */
    public static final String STARTED = "deployment_started";

    /** A controller took up work that another one had left. */
    public static final String RESUMED_WORK = "deployment_taken_over";

    /** There is a new plan, since what is observed is not what the former one expected. */
    public static final String REPLANNED = "deployment_replanned";

    /** What changes was stopped. */
    public static final String SERVICES_STOPPED = "services_stopped";

    /** All services were started. */
    public static final String SERVICES_STARTED = "services_started";

    /** Something of a service begins to change. */
    public static final String SERVICE_UPDATING = "service_updating";

    /** A service is as the release wants it. */
    public static final String SERVICE_UPDATED = "service_updated";

    /** An instance was started. */
    public static final String INSTANCE_STARTED = "instance_started";

    /** An instance became available. */
    public static final String INSTANCE_AVAILABLE = "instance_available";

    /** An instance was stopped and removed. */
    public static final String INSTANCE_STOPPED = "instance_stopped";

    /** A one-off service has done its work. */
    public static final String TASK_COMPLETED = "task_completed";

    /** The new instances beside the old ones are being started. */
    public static final String GREEN_STARTED = "green_deployment_started";

    /** All traffic goes to the new instances. */
    public static final String TRAFFIC_SWITCHED = "traffic_switched";

    /** A part of the traffic goes elsewhere. */
    public static final String TRAFFIC_SHIFTED = "traffic_shifted";

    /** A check of the new instances passed. */
    public static final String VERIFIED = "deployment_verified";

    /** It waits to be promoted or resumed, or for a time to pass. */
    public static final String PAUSED = "deployment_paused";

    /** It goes on. */
    public static final String RESUMED = "deployment_resumed";

    /** It ended well. */
    public static final String COMPLETED = "deployment_completed";

    /** It failed. */
    public static final String FAILED = "deployment_failed";

    /** The last stable release is being restored. */
    public static final String ROLLBACK_STARTED = "rollback_started";

    /** The last stable release is restored. */
    public static final String ROLLBACK_COMPLETED = "rollback_completed";

    /** It was called off. */
    public static final String CANCELLED = "deployment_cancelled";

    /** A newer deployment took its place. */
    public static final String SUPERSEDED = "deployment_superseded";

    private DeploymentEventType() {}
}
