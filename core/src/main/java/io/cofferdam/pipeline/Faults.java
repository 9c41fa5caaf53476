package io.cofferdam.pipeline;

import io.cofferdam.error.EngineException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.StorageException;

/** Tells whose fault a failure is, and puts it into words. */
final class Faults {

    private Faults() {}

    static FaultClass of(Throwable failure) {
        if (failure instanceof StepFailedException step) {
            return step.fault();
        }
        if (failure instanceof RegistryException registry) {
            return switch (registry.kind()) {
                case UNREACHABLE, RATE_LIMITED, SERVER_ERROR, INCOMPLETE -> FaultClass.INFRASTRUCTURE;
                case UNAUTHORIZED, DENIED, OTHER -> FaultClass.USER;
            };
        }
        if (failure instanceof io.cofferdam.error.NotReadyException) {
            return FaultClass.USER;
        }
        boolean isOfTheEngine = failure instanceof EngineUnavailableException
                || failure instanceof EngineException
                || failure instanceof StorageException
                || failure instanceof OperationTimeoutException
                || failure instanceof io.cofferdam.error.ClosedException;
        return isOfTheEngine ? FaultClass.INFRASTRUCTURE : FaultClass.USER;
    }

    static String words(Throwable failure) {
        String message = failure.getMessage();
        if (failure instanceof io.cofferdam.error.CofferdamException && message != null) {
            return message;
        }
        return "it failed unexpectedly: " + failure;
    }
}
