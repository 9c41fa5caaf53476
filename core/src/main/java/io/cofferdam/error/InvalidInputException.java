package io.cofferdam.error;

import java.util.List;
import java.util.stream.Collectors;

/** An input that cannot be used: every problem that was found in it, not only the first. */
public final class InvalidInputException extends CofferdamException {

    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;

    /**
     * Makes the exception.
     *
     * @param subject what the input was, for example {@code environment 'web'}
     * @param problems the problems, at least one
     */
    public InvalidInputException(String subject, List<Problem> problems) {
        super(sentence(subject, problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * The problems, in the order of the input.
     *
     * @return an immutable list; empty only on a deserialized exception, whose message still has them
     */
    public List<Problem> problems() {
        return problems == null ? List.of() : problems;
    }

    private static String sentence(String subject, List<Problem> problems) {
        if (problems.size() == 1) {
            return subject + " is not valid: " + problems.get(0);
        }
        return subject + " has " + problems.size() + " problems:"
                + problems.stream().map(problem -> "\n  - " + problem).collect(Collectors.joining());
    }
}
