package io.cofferdam.pipeline;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What names stand for at one place of a pipeline. */
interface Scope {

    /**
     * What was found.
     *
     * @param isThere whether there is such a thing
     * @param value what it is; null is a value as well
     * @param problem why there is none, as a clause
     * @param remedy what to do about it
     * @param missing the step that would have it if it had run; null if no step would
     */
    record Found(
            boolean isThere,
            @Nullable Object value,
            String problem,
            String remedy,
            @Nullable String missing) {

        static Found of(@Nullable Object value) {
            return new Found(true, value, "", "", null);
        }

        static Found nothing(String problem, String remedy) {
            return new Found(false, null, problem, remedy, null);
        }

        static Found notRun(String step) {
            return new Found(false, null, "the step '" + step + "' has no results", "", step);
        }
    }

    /** Looks a name up. */
    Found find(List<String> path);
}
