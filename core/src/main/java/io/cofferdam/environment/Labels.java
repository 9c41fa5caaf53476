package io.cofferdam.environment;

/** The labels that mark what this library made. What does not carry them is never touched. */
public final class Labels {

    /** Common start of every label of the library; user labels may not begin with it. */
    public static final String PREFIX = "io.cofferdam.";

    /** The environment's name; its presence marks a container, process or pod as an environment. */
    public static final String ENVIRONMENT = PREFIX + "environment";

    /** The specification the environment was made from, as JSON without secret values. */
    public static final String SPEC = PREFIX + "spec";

    /** The stack an environment or a network belongs to. */
    public static final String STACK = PREFIX + "stack";

    /**
     * How long it lives: {@code session}, {@code persistent}, {@code ttl} or {@code child}. Whatever carries {@code session}
     * and an {@link #OWNER} that is dead for certain is removed: environments, networks, volumes and images.
     */
    public static final String LIFETIME = PREFIX + "lifetime";

    /** The name of the environment that one of the lifetime {@code child} is removed with. */
    public static final String PARENT = PREFIX + "parent";

    /** When a {@code ttl} lifetime ends, as an ISO-8601 instant. */
    public static final String EXPIRES = PREFIX + "expires";

    /**
     * Who made it: the place, process id and process start of the JVM, separated by colons; the place is boot id, namespace
     * of process ids and a hash of the machine's id, separated by full stops.
     */
    public static final String OWNER = PREFIX + "owner";

    /** The name of a snapshot; its presence marks an image as one. */
    public static final String SNAPSHOT = PREFIX + "snapshot";

    /** The environment a snapshot is of. */
    public static final String SNAPSHOT_OF = PREFIX + "snapshot.of";

    /** The caller's labels of a snapshot, as a JSON object. */
    public static final String SNAPSHOT_LABELS = PREFIX + "snapshot.labels";

    /** The project of a deployment. */
    public static final String PROJECT = PREFIX + "project";

    /** The service of a deployment. */
    public static final String SERVICE = PREFIX + "service";

    /** The revision of a service. */
    public static final String REVISION = PREFIX + "revision";

    /** The deployment that made it. */
    public static final String DEPLOYMENT = PREFIX + "deployment";

    /** The number of a replica, from 1. */
    public static final String ORDINAL = PREFIX + "ordinal";

    /** Which set of a project's networks something belongs to; empty for the usual set. */
    public static final String COLOUR = PREFIX + "colour";

    /** Marks an instance that is meant to end: that of a one-off service. */
    public static final String ONE_OFF = PREFIX + "one-off";

    /** The digest of what an image of a service was built from; its presence marks an image as such. */
    public static final String BUILD = PREFIX + "build";

    private Labels() {}
}
