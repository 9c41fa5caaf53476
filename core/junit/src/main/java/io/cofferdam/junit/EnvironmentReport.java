package io.cofferdam.junit;

/** Carries a report along with a test's failure, as one of its suppressed exceptions; it is no failure of its own. */
final class EnvironmentReport extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EnvironmentReport(String text) {
        super(text, null, false, false);
    }

    /** The text alone. */
    @Override
    public String toString() {
        return "environments of the failed test:\n" + getMessage();
    }
}
