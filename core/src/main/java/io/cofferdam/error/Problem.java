package io.cofferdam.error;

import java.util.Objects;

/**
 * One thing that is wrong with an input, worded for the person who has to mend it.
 *
 * @param where the place: a field path, a {@code file:line:column} or a resource's name; never blank
 * @param what what is wrong there, as a clause without a full stop
 * @param remedy what to do about it, as a clause without a full stop; empty when {@code what} says it all
 */
public record Problem(String where, String what, String remedy) {

    public Problem {
        Objects.requireNonNull(where, "where");
        Objects.requireNonNull(what, "what");
        Objects.requireNonNull(remedy, "remedy");
    }

    /**
     * A problem whose description already tells the remedy.
     *
     * @param where the place
     * @param what what is wrong there
     * @return the problem
     */
    public static Problem at(String where, String what) {
        return new Problem(where, what, "");
    }

    /** The problem as one clause: {@code where: what; remedy}. */
    @Override
    public String toString() {
        return remedy.isEmpty() ? where + ": " + what : where + ": " + what + "; " + remedy;
    }
}
