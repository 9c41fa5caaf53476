package io.cofferdam.resource;

import io.cofferdam.api.Experimental;
import java.util.Objects;

/**
 * A line that a build wrote. The values of secret build arguments are masked in it.
 *
 * @param step the number of the instruction it belongs to, from 1; 0 before the first
 * @param steps how many instructions there are; 0 before that is known
 * @param text the line without its end
 */
@Experimental
public record BuildOutput(int step, int steps, String text) {

    public BuildOutput {
        Objects.requireNonNull(text, "text");
    }
}
