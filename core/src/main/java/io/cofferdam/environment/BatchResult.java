package io.cofferdam.environment;

import io.cofferdam.error.CofferdamException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How an operation went on several environments.
 *
 * @param outcomes one for each environment, by name
 */
public record BatchResult(List<Outcome> outcomes) {

    /**
     * How it went on one environment.
     *
     * @param name the environment's name
     * @param error why it failed, or null if it did not
     */
    public record Outcome(String name, @Nullable CofferdamException error) {
        public Outcome {
            Objects.requireNonNull(name, "name");
        }

        /**
         * Whether it went well.
         *
         * @return true if there is no failure
         */
        public boolean succeeded() {
            return error == null;
        }

        /**
         * Why it failed.
         *
         * @return empty if it did not
         */
        public Optional<CofferdamException> failure() {
            return Optional.ofNullable(error);
        }
    }

    public BatchResult {
        outcomes = List.copyOf(outcomes);
    }

    /**
     * The outcomes that are failures.
     *
     * @return by name; empty if all went well
     */
    public List<Outcome> failures() {
        return outcomes.stream().filter(outcome -> !outcome.succeeded()).toList();
    }

    /**
     * Whether all went well.
     *
     * @return true if there is no failure
     */
    public boolean succeeded() {
        return failures().isEmpty();
    }

    /**
     * Insists that all went well.
     *
     * @throws CofferdamException that names each environment it failed on and why, the causes as suppressed exceptions;
     *     a single failure is thrown as it is
     */
    public void orThrow() {
        List<Outcome> failures = failures();
        if (failures.isEmpty()) {
            return;
        }
        if (failures.size() == 1) {
            throw Objects.requireNonNull(failures.get(0).error());
        }
        StringBuilder message =
                new StringBuilder("failed on " + failures.size() + " of " + outcomes.size() + " environments:");
        for (Outcome failure : failures) {
            message.append("\n  - ").append(failure.name()).append(": ");
            message.append(Objects.requireNonNull(failure.error()).getMessage());
        }
        CofferdamException all = new CofferdamException(message.toString());
        failures.forEach(failure -> all.addSuppressed(Objects.requireNonNull(failure.error())));
        throw all;
    }
}
