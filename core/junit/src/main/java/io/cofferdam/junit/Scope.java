package io.cofferdam.junit;

import io.cofferdam.api.Experimental;

/** How long an environment of a test lives, and who shares it. */
@Experimental
public enum Scope {
    /**
     * {@link #CLASS} for static fields, and for all fields of a class with {@code @TestInstance(PER_CLASS)}; {@link #METHOD}
     * for other fields and for parameters.
     */
    AUTOMATIC,
    /** Made anew for each test, in a network of that test alone. */
    METHOD,
    /** Made once for the tests of a class, those of its nested classes included. */
    CLASS,
    /**
     * Made once for the run, when it is first asked for. Tests of several classes share it if they declare it under the same
     * name with the same content.
     */
    RUN
}
