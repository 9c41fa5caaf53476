package io.cofferdam.environment;

/** When an image is fetched from its registry before an environment is made from it. */
public enum PullPolicy {
    /** When the engine does not have it. The default. */
    MISSING,
    /** Each time. */
    ALWAYS,
    /** Never; a missing image is an error. */
    NEVER
}
