package io.cofferdam.process;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StorageException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** Turns what the file system throws into the errors of the library. */
final class Failures {

    private Failures() {}

    /**
     * The error for a failed operation.
     *
     * @param what the operation, as the subject of a sentence: {@code creating 'web'}
     */
    static CofferdamException of(String what, Throwable cause) {
        if (cause instanceof CofferdamException known) {
            return known;
        }
        if (cause instanceof UncheckedIOException wrapped && wrapped.getCause() != null) {
            return of(what, wrapped.getCause());
        }
        if (cause instanceof ClosedByInterruptException || cause instanceof InterruptedIOException) {
            Thread.currentThread().interrupt();
            return new OperationInterruptedException(what + " was interrupted", cause);
        }
        if (isDiskFull(cause)) {
            return new StorageException(
                    what + " failed: " + reason(cause) + "; make room there or choose another state directory", cause);
        }
        return new EngineException(what + " failed: " + reason(cause), cause);
    }

    static boolean isDiskFull(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        return cause instanceof IOException
                && (message.contains("No space left on device")
                        || message.contains("Disk quota exceeded")
                        || message.contains("There is not enough space on the disk"));
    }

    /** What went wrong, as a clause: the file system's exceptions often consist of a path alone. */
    static String reason(Throwable cause) {
        @Nullable String message = cause.getMessage();
        if (cause instanceof NoSuchFileException) {
            return "there is no " + message;
        }
        if (cause instanceof AccessDeniedException) {
            return "no permission for " + message;
        }
        if (cause instanceof FileAlreadyExistsException) {
            return message + " exists already";
        }
        if (cause instanceof DirectoryNotEmptyException) {
            return message + " is a directory with something in it";
        }
        return message == null ? cause.getClass().getSimpleName() : message;
    }
}
