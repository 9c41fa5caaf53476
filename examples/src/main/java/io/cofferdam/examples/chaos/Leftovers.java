package io.cofferdam.examples.chaos;

import java.io.IOException;
import java.util.List;

/** Looks for what a victim left, without the library: who would trust it here? */
@FunctionalInterface
interface Leftovers {

    /**
     * What is there.
     *
     * @param run the name everything of the victim begins with
     * @return a line for each thing
     */
    List<String> of(String run) throws IOException;
}
