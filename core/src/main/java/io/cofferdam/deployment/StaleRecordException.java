package io.cofferdam.deployment;

import io.cofferdam.error.CofferdamException;

/** A record was written by somebody else since it was read. */
public final class StaleRecordException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes the exception.
     *
     * @param message what is stale, and who came in between
     */
    public StaleRecordException(String message) {
        super(message);
    }

    /**
     * Says which write came in between: for stores.
     *
     * @param record what was to be written
     * @param revision the revision that is kept
     * @return the exception
     */
    public static StaleRecordException of(DeploymentRecord record, long revision) {
        return new StaleRecordException(
                "could not write deployment '" + record.id() + "' of project '" + record.project()
                        + "': it was read in revision " + record.revision() + " and is in revision " + revision
                        + " now; read it again and decide anew");
    }
}
