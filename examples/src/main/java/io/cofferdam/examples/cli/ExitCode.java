package io.cofferdam.examples.cli;

import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.UnsafePathException;
import picocli.CommandLine.ParameterException;

/** What the exit codes of the program mean. */
final class ExitCode {

    static final int DONE = 0;
    static final int FAILED = 1;
    static final int BAD_INPUT = 2;
    static final int NO_ENGINE = 3;
    static final int INTERRUPTED = 130;

    private ExitCode() {}

    static int of(Throwable failure) {
        if (failure instanceof InvalidInputException
                || failure instanceof UnsafePathException
                || failure instanceof ParameterException) {
            return BAD_INPUT;
        }
        if (failure instanceof EngineUnavailableException) {
            return NO_ENGINE;
        }
        return failure instanceof OperationInterruptedException ? INTERRUPTED : FAILED;
    }
}
