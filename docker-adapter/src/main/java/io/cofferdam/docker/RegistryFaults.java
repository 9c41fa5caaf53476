package io.cofferdam.docker;

import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.StorageException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the faults of registries apart by the words in which the engine passes them on, which is all it passes on: neither
 * the status nor the headers of what a registry answered arrive here.
 */
final class RegistryFaults {

    private static final Pattern WAIT = Pattern.compile("retry-after:? *([0-9]+(?:\\.[0-9]+)?) *(ms|us|µs|s|m|h)?");

    private RegistryFaults() {}

    /** What it means that an image could not be brought from or to a registry. */
    static CofferdamException of(Operation operation, String reason, @Nullable Refusal cause) {
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("invalid reference format") || lower.contains("invalid repository name")) {
            return ImageName.invalid(operation.doing(), reason);
        }
        if (lower.contains("no space left on device")) {
            return new StorageException(operation.failed(reason + "; free disk space on the engine's host"), cause);
        }
        if (has(lower, "429|toomanyrequests|too many requests")) {
            Duration wait = retryAfter(lower);
            String when = wait == null ? "in a while" : "in " + Math.max(1, wait.toSeconds()) + " s";
            return fault(
                    operation,
                    RegistryException.Kind.RATE_LIMITED,
                    wait,
                    "the registry had too many requests (" + reason + "); try again " + when
                            + ", or log in for a higher limit",
                    cause);
        }
        if (has(lower, "no matching manifest|does not match the specified platform")) {
            return new ImageNotFoundException(
                    operation.failed("the registry does not have it for this platform (" + reason + ")"), cause);
        }
        if (has(lower, "manifest unknown|name unknown|not found: |does not exist|no such image|404 not found")) {
            return new ImageNotFoundException(
                    operation.failed("the registry does not have it, or does not give it to us (" + reason
                            + "); check its name, and log in with 'docker login' if it is private"),
                    cause);
        }
        if (has(lower, "no basic auth|unauthorized|authentication required|incorrect username|401 ")) {
            return fault(
                    operation,
                    RegistryException.Kind.UNAUTHORIZED,
                    null,
                    "the registry wants another login than it got (" + reason
                            + "); log in with 'docker login', or configure its credentials",
                    cause);
        }
        if (has(lower, "denied|insufficient_scope|403 ")) {
            return fault(
                    operation,
                    RegistryException.Kind.DENIED,
                    null,
                    "the registry does not allow it (" + reason + "); check the name and what the login may do",
                    cause);
        }
        if (has(
                lower,
                "unexpected http status: 5\\d\\d|http 5\\d\\d|status code 5\\d\\d|internal server error"
                        + "|bad gateway|service unavailable|gateway time")) {
            return fault(
                    operation,
                    RegistryException.Kind.SERVER_ERROR,
                    null,
                    "the registry failed (" + reason + "); try again later",
                    cause);
        }
        if (has(
                lower,
                "unexpected eof|verification failed|: eof$|^eof$|connection reset|broken pipe|invalid checksum"
                        + "|wrong digest|digest did not match|unexpected end of|error decompressing|failed to register layer")) {
            return fault(
                    operation,
                    RegistryException.Kind.INCOMPLETE,
                    null,
                    "the registry sent it incompletely or damaged (" + reason + "); try again",
                    cause);
        }
        return fault(
                operation,
                RegistryException.Kind.UNREACHABLE,
                null,
                "the registry cannot be reached from the engine (" + reason + ")",
                cause);
    }

    private static boolean has(String text, String pattern) {
        return Pattern.compile(pattern).matcher(text).find();
    }

    private static RegistryException fault(
            Operation operation,
            RegistryException.Kind kind,
            @Nullable Duration retryAfter,
            String reason,
            @Nullable Refusal cause) {
        return new RegistryException(operation.failed(reason), kind, retryAfter, cause);
    }

    /** Some registries write into their message when to come again. */
    private static @Nullable Duration retryAfter(String lower) {
        Matcher wait = WAIT.matcher(lower);
        if (!wait.find()) {
            return null;
        }
        double number = Double.parseDouble(wait.group(1));
        double nanos = switch (wait.group(2) == null ? "s" : wait.group(2)) {
            case "ms" -> number * 1e6;
            case "us", "µs" -> number * 1e3;
            case "m" -> number * 60e9;
            case "h" -> number * 3600e9;
            default -> number * 1e9;
        };
        return Duration.ofNanos((long) nanos);
    }
}
