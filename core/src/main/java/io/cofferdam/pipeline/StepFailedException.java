package io.cofferdam.pipeline;

import io.cofferdam.api.Experimental;
import io.cofferdam.error.CofferdamException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** An attempt of a step that failed: which step, why, and whose fault it is. */
@Experimental
public final class StepFailedException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    private final FaultClass fault;
    private final transient Map<String, ?> results;

    /**
     * Makes the exception.
     *
     * @param message a sentence: what failed, why and what to do
     * @param fault whose fault it is
     * @param cause what made it fail, or null
     */
    public StepFailedException(String message, FaultClass fault, @Nullable Throwable cause) {
        this(message, fault, cause, Map.of());
    }

    /**
     * Makes the exception of a step that has results although it failed, such as an exit code.
     *
     * @param message a sentence: what failed, why and what to do
     * @param fault whose fault it is
     * @param cause what made it fail, or null
     * @param results the results
     */
    public StepFailedException(String message, FaultClass fault, @Nullable Throwable cause, Map<String, ?> results) {
        super(message, cause);
        this.fault = Objects.requireNonNull(fault, "fault");
        this.results = Map.copyOf(results);
    }

    /**
     * Whose fault it is.
     *
     * @return decides about another attempt
     */
    public FaultClass fault() {
        return fault;
    }

    /**
     * The results there are all the same.
     *
     * @return may be empty
     */
    public Map<String, ?> results() {
        return results == null ? Map.of() : results;
    }
}
