package io.cofferdam.junit;

import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Refuses what tests that run at the same time would take from each other. */
final class Concurrency {

    private static final String ENABLED = "junit.jupiter.execution.parallel.enabled";

    private Concurrency() {}

    /** An environment that is put back before each test cannot be in use by another one. */
    static void refuseSharing(ExtensionContext context, Declaration declaration) {
        if (isConcurrent(context, declaration.scope() == Scope.RUN)) {
            throw new ExtensionConfigurationException("'" + declaration.name() + "' (" + declaration.where()
                    + ") is put back before each test, which tests that run at the same time cannot share;"
                    + " give each its own with scope = Scope.METHOD and a pool, or run them with"
                    + " @Execution(SAME_THREAD)");
        }
    }

    /** An instance that all tests share has one field for all of them. */
    static void refuseFields(ExtensionContext context) {
        boolean injects = context.getRequiredTestInstances().getAllInstances().stream()
                .anyMatch(instance -> Injection.hasInstanceFields(instance.getClass()));
        if (injects && isConcurrent(context, false)) {
            throw new ExtensionConfigurationException(
                    context.getRequiredTestClass().getName()
                            + " has one instance for tests that run at the same time, and injected fields, which they"
                            + " would share; inject parameters instead");
        }
    }

    private static boolean isConcurrent(ExtensionContext context, boolean acrossClasses) {
        if (!context.getConfigurationParameter(ENABLED)
                .map(Boolean::parseBoolean)
                .orElse(false)) {
            return false;
        }
        ExtensionContext at = context;
        while (at.getParent().isPresent()) {
            if (at.getExecutionMode() == ExecutionMode.CONCURRENT) {
                boolean topLevel =
                        at.getParent().flatMap(ExtensionContext::getTestClass).isEmpty();
                if (!topLevel || acrossClasses) {
                    return true;
                }
            }
            at = at.getParent().get();
        }
        return false;
    }
}
