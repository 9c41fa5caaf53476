package io.cofferdam.workload;

import io.cofferdam.api.Experimental;

/** How an instance is, as far as a plan has to know. */
@Experimental
public enum Condition {
    /** It was started, and is not available yet. */
    STARTING,
    /** It has been ready without a break for as long as its service asks. */
    AVAILABLE,
    /** It is there, and does not serve: it ended, is unhealthy, or is being stopped. */
    UNAVAILABLE,
    /** It ended with exit code 0: how instances of one-off services are meant to end. */
    SUCCEEDED
}
