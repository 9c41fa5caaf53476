package io.cofferdam.docker;

import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;

/** Turns what engines answer into the kinds of error that callers tell apart, worded for people. */
final class Faults {

    private static final Pattern OWNER = Pattern.compile("in use by container \"?([0-9a-f]{12})");

    /** Wordings from 20.10 to 29: of the port allocator, of the proxy, and of the check before both. */
    private static final Pattern PORT_TAKEN =
            Pattern.compile("(?:Bind for \\S*?:(\\d+) failed: port is already allocated"
                    + "|listen (?:tcp|udp)[46]? \\S*?:(\\d+): bind: address already in use"
                    + "|failed to bind (?:host )?port(?: for)? \\S*?:(\\d+)(?:[:/]\\S*)?: address already in use"
                    + "|:(\\d+)(?:/\\w+)?: bind: address already in use)");

    private static final Pattern NO_SOURCE = Pattern.compile("bind source path does not exist: (.+?)\\s*$");
    private static final Pattern LEAST_MEMORY = Pattern.compile("[Mm]inimum memory limit allowed is (\\S+)");
    private static final Pattern CPUS = Pattern.compile("[Rr]ange of CPUs is from (\\S+) to ([0-9.]+)");

    private Faults() {}

    /** Why a connection did not come about, or broke. */
    static String connection(EngineAddress address, IOException fault, boolean connected) {
        String message = String.valueOf(fault.getMessage());
        String lower = message.toLowerCase(Locale.ROOT);
        if (fault instanceof UnknownHostException) {
            return "host '" + address.host() + "' is unknown";
        }
        if (fault instanceof SSLException) {
            return "TLS with " + address + " failed: " + message;
        }
        if (lower.contains("permission denied") || fault instanceof AccessDeniedException) {
            return "no permission to use " + address;
        }
        if (lower.contains("no such file")) {
            return "there is no engine at " + address + ": no such file";
        }
        if (lower.contains("connection refused") || fault instanceof ConnectException) {
            return "there is no engine at " + address + ": " + message;
        }
        return connected
                ? "the connection to " + address + " broke: " + message
                : "could not connect to " + address + ": " + message;
    }

    /** What a refused creation means. */
    static CofferdamException creation(Operation operation, CreateRequest request, String image, Refusal refusal) {
        String reason = refusal.reason();
        if (refusal.status() == 409) {
            return nameTaken(operation, refusal);
        }
        if (refusal.status() == 404 && reason.toLowerCase(Locale.ROOT).contains("image")) {
            return new ImageNotFoundException(
                    operation.failed("the engine does not have image '" + image + "'; pull it first"), refusal);
        }
        if (refusal.status() == 404) {
            return new NotFoundException(operation.failed(reason), refusal);
        }
        if (outOfSpace(reason)) {
            return new StorageException(operation.failed(reason + "; free disk space on the engine's host"), refusal);
        }
        if (refusal.status() == 400) {
            List<Problem> known = problems(request.spec(), reason);
            return invalid(
                    request.name(), known.isEmpty() ? List.of(Problem.at(field(reason), reason)) : known, refusal);
        }
        return refusal;
    }

    /** What the engine refuses, in our words and with everything of the kind; empty where we have none for it. */
    private static List<Problem> problems(EnvironmentSpec spec, String reason) {
        List<Problem> problems = new ArrayList<>();
        Matcher noSource = NO_SOURCE.matcher(reason);
        if (noSource.find()) {
            for (Mount mount : spec.mounts()) {
                // The engine names the first only. Of a path that is not on this host nobody knows without it.
                if (mount instanceof Mount.Bind bind
                        && (bind.source().toString().equals(noSource.group(1)) || !Files.exists(bind.source()))) {
                    problems.add(new Problem(
                            "mounts." + mount.target(),
                            "there is no " + bind.source() + " on the engine's host",
                            "make it first"));
                }
            }
        }
        Matcher memory = LEAST_MEMORY.matcher(reason);
        if (memory.find()) {
            problems.add(new Problem(
                    "limits.memory",
                    spec.limits().memory().orElse(0) + " bytes are less than the engine allows",
                    "allow " + memory.group(1) + " at the least"));
        }
        Matcher cpus = CPUS.matcher(reason);
        if (cpus.find()) {
            problems.add(new Problem(
                    "limits.cpus",
                    spec.limits().cpus().orElse(0) + " processors are not between " + cpus.group(1) + " and "
                            + cpus.group(2) + ", which is what the engine has",
                    "set a limit in that range"));
        }
        return problems;
    }

    private static String field(String reason) {
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("mount")) {
            return "mounts";
        }
        if (lower.contains("memory") || lower.contains("cpu") || lower.contains("pids") || lower.contains("storage")) {
            return "limits";
        }
        if (lower.contains("port")) {
            return "ports";
        }
        return lower.contains("reference") || lower.contains("repository name") ? "image" : "specification";
    }

    private static InvalidInputException invalid(String environment, List<Problem> problems, Refusal cause) {
        InvalidInputException invalid = new InvalidInputException("environment '" + environment + "'", problems);
        invalid.initCause(cause);
        return invalid;
    }

    static NameTakenException nameTaken(Operation operation, Refusal refusal) {
        Matcher owner = OWNER.matcher(refusal.reason());
        String by = owner.find() ? " by container '" + owner.group(1) + "'" : "";
        return new NameTakenException(
                operation.failed("the name is taken" + by + "; remove or rename it, or choose another name"), refusal);
    }

    /** The host port that could not be bound, if that is what a failed start says. */
    static OptionalInt takenPort(String reason) {
        Matcher taken = PORT_TAKEN.matcher(reason);
        if (!taken.find()) {
            return OptionalInt.empty();
        }
        for (int group = 1; group <= taken.groupCount(); group++) {
            String port = taken.group(group);
            if (port != null) {
                return OptionalInt.of(Integer.parseInt(port));
            }
        }
        return OptionalInt.empty();
    }

    /** What a start that the engine refused for another reason than a port means. */
    static CofferdamException start(Operation operation, Refusal refusal) {
        String reason = refusal.reason();
        if (refusal.status() == 404) {
            return new NotFoundException(operation.failed(reason), refusal);
        }
        OptionalInt code = notExecutable(reason);
        if (code.isPresent()) {
            return new StartFailedException(
                    operation.failed(program(reason, code.getAsInt())), code.getAsInt(), List.of(), refusal);
        }
        if (outOfSpace(reason)) {
            return new StorageException(operation.failed(reason + "; free disk space on the engine's host"), refusal);
        }
        if (refusal.status() == 409) {
            return new WrongStateException(operation.failed(reason), refusal);
        }
        if (reason.contains("mount a directory onto a file") || reason.contains("not a directory: unknown")) {
            return new StartFailedException(
                    operation.failed(
                            "a mount does not fit what is at its path inside: a folder goes on a folder and a file"
                                    + " on a file (" + reason + ")"),
                    null,
                    List.of(),
                    refusal);
        }
        return new StartFailedException(operation.failed(reason), null, List.of(), refusal);
    }

    /** 127 for a program that does not exist, 126 for one that cannot be executed, empty for other reasons. */
    static OptionalInt notExecutable(String reason) {
        String lower = reason.toLowerCase(Locale.ROOT);
        if (!lower.contains("oci runtime") && !lower.contains("exec")) {
            return OptionalInt.empty();
        }
        if (lower.contains("executable file not found") || (lower.contains("exec") && lower.contains("no such file"))) {
            return OptionalInt.of(127);
        }
        return lower.contains("permission denied")
                        || lower.contains("is a directory")
                        || lower.contains("exec format error")
                ? OptionalInt.of(126)
                : OptionalInt.empty();
    }

    private static String program(String reason, int code) {
        Matcher name = Pattern.compile("exec: \"([^\"]*)\"").matcher(reason);
        String program = name.find() ? "program '" + name.group(1) + "'" : "the program";
        return program + (code == 127 ? " does not exist in the image" : " cannot be executed") + " (" + reason + ")";
    }

    private static boolean outOfSpace(String reason) {
        return reason.contains("no space left on device") || reason.contains("disk quota exceeded");
    }

    /** An unknown container, and a container in the wrong state, as the operation sees them. */
    static CofferdamException container(Operation operation, Refusal refusal) {
        String reason = refusal.reason();
        if (refusal.status() == 404) {
            return new NotFoundException(operation.failed("the engine has no such container"), refusal);
        }
        if (reason.contains("marked for removal")) {
            return new NotFoundException(operation.failed("it is being removed"), refusal);
        }
        if (refusal.status() == 409 || reason.matches("(?s).*is (not running|not paused|already paused|paused).*")) {
            return new WrongStateException(operation.failed(reason), refusal);
        }
        return outOfSpace(reason)
                ? new StorageException(operation.failed(reason + "; free disk space on the engine's host"), refusal)
                : refusal;
    }
}
