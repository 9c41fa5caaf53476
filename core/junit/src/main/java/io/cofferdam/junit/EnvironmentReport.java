package io.cofferdam.junit;

/** Carries a report along with a test's failure, as one of its suppressed exceptions; it is no failure of its own. */
final class EnvironmentReport extends RuntimeException {

    private static final long serialVersionUID = 1L;

    EnvironmentReport(String text) {
        super("the environments of the failed test:\n" + text, null, false, false);
    }
}
