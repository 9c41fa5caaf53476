package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts and stops environments. A start makes a pod, for pods cannot be started again; the last ones are kept, and with
 * them what they wrote. A stop ends the processes and leaves the pod: first the signal, from inside the pod, then force.
 * In images without a shell the cluster ends the pod, which it does by the signal of the image and in the pod's own time.
 */
final class Lifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);

    /** How many pods of earlier runs are kept. */
    private static final int KEPT = 4;

    /** For what is done after a failure, whose own deadline may be over. */
    private static final Duration CLEANUP = Duration.ofSeconds(10);

    private static final Duration SIGNALLING = Duration.ofSeconds(10);

    /** Of the processes that nobody in the pod has started, the container's first one is the oldest. */
    private static final String SIGNAL_MAIN =
            "best=; since=; for d in /proc/[0-9]*; do [ \"$d\" = /proc/1 ] && continue; read -r line 2>/dev/null"
                    + " <\"$d/stat\" || continue; set -- ${line##*) }; [ \"$2\" = 0 ] || continue; if [ -z \"$best\" ] ||"
                    + " [ \"${20}\" -lt \"$since\" ]; then best=${d#/proc/}; since=${20}; fi; done; [ -n \"$best\" ] &&"
                    + " kill -\"$0\" \"$best\"";

    /** Everything but the sandbox's own process. */
    private static final String KILL_ALL = "kill -9 -1";

    private static final Set<String> IMAGE_PROBLEMS =
            Set.of("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull", "ErrImageInspect");
    private static final Set<String> START_PROBLEMS =
            Set.of("CreateContainerConfigError", "CreateContainerError", "RunContainerError");
    private static final Pattern NUMBER = Pattern.compile("\\d+");

    private final Api api;
    private final Paths paths;
    private final Units units;
    private final ObjectWatch pods;
    private final Exec exec;
    private final Threads threads;
    private final PortForwards forwards;
    private final StackNames names;
    private final ClusterNetworks networks;

    Lifecycle(
            Api api,
            Paths paths,
            Units units,
            ObjectWatch pods,
            Exec exec,
            Threads threads,
            PortForwards forwards,
            StackNames names,
            ClusterNetworks networks) {
        this.api = api;
        this.paths = paths;
        this.units = units;
        this.pods = pods;
        this.exec = exec;
        this.threads = threads;
        this.forwards = forwards;
        this.names = names;
        this.networks = networks;
        pods.listen(this::freePorts);
    }

    /** The ports of this host that led to a pod go with it. */
    private void freePorts(@Nullable JsonNode before, @Nullable JsonNode after) {
        boolean is = after != null && Runs.main(after).phase() != Runs.Phase.ENDED;
        if (before != null && Runs.main(before).phase() != Runs.Phase.ENDED && !is) {
            forwards.close(Marks.label(before, Marks.UNIT));
        }
    }

    /** How a start went, as far as it is known. */
    private record Outcome(@Nullable CofferdamException failure) {}

    void start(String id, Deadline deadline) {
        Operation operation = Operation.of("start", "starting", "'" + id + "'");
        JsonNode record = units.record(operation, id, deadline);
        String name = Marks.annotation(record, Marks.NAME);
        String image = record.path("data").path("image").asText("");
        operation = new Operation(
                "starting '" + name + "' (kubernetes)",
                "could not start '" + name + "' (kubernetes, image " + image + ")");
        pods.open(deadline);
        Runs runs = units.runs(operation, id, deadline);
        JsonNode last = runs.last().orElse(null);
        if (last != null && Runs.main(last).phase() == Runs.Phase.RUNNING) {
            return;
        }
        String network = StackNames.network(record);
        if (!network.isEmpty()) {
            networks.join(operation, network, id, deadline);
        }
        forwards.open(operation, record);
        try {
            run(operation, record, image, runs, deadline);
        } catch (RuntimeException failure) {
            forwards.close(id);
            throw failure;
        }
        names.arrived(network, operation, deadline);
    }

    private void run(Operation operation, JsonNode record, String image, Runs runs, Deadline deadline) {
        JsonNode last = runs.last().orElse(null);
        JsonNode pod;
        if (last == null || Runs.main(last).phase() == Runs.Phase.ENDED) {
            int run = last == null ? 1 : Runs.number(last) + 1;
            pod = make(operation, record, run, deadline);
            forgetOld(operation, runs, deadline);
        } else {
            pod = last;
        }
        awaitStarted(operation, pod, image, deadline);
    }

    private JsonNode make(Operation operation, JsonNode record, int run, Deadline deadline) {
        ArrayNode aliases = StackNames.network(record).isEmpty()
                ? Json.object().putArray("none")
                : names.aliases(operation, record, deadline);
        ObjectNode pod = UnitBody.pod(record, Units.podSpec(record), aliases, run);
        try {
            JsonNode made = api.post(operation, paths.pods(), pod, deadline);
            pods.learn(made);
            return made;
        } catch (Refusal refusal) {
            if (refusal.status() == 409 && refusal.reason().equals("AlreadyExists")) {
                return pod; // somebody else starts it at this moment
            }
            if (refusal.status() == 403 && refusal.words().contains("serviceaccount")) {
                throw new EngineException(
                        operation.failed(
                                "the namespace is not ready for pods yet (" + refusal.words() + "); try again"),
                        refusal);
            }
            throw Faults.of(operation, refusal);
        }
    }

    private void forgetOld(Operation operation, Runs runs, Deadline deadline) {
        for (int i = 0; i < runs.pods().size() - KEPT; i++) {
            units.delete(
                    operation,
                    paths.pod(Marks.name(runs.pods().get(i))),
                    Json.object().put("gracePeriodSeconds", 0),
                    deadline);
        }
    }

    private void awaitStarted(Operation operation, JsonNode pod, String image, Deadline deadline) {
        String name = Marks.name(pod);
        String[] lastWords = {""};
        boolean[] seen = {false};
        Outcome outcome;
        try {
            outcome = pods.await(name, deadline, operation.doing(), object -> {
                if (object == null) {
                    return seen[0] ? new Outcome(new NotFoundException(operation.failed("its pod was removed"))) : null;
                }
                seen[0] = true;
                Runs.Main main = Runs.main(object);
                if (!main.waiting().isEmpty()) {
                    lastWords[0] = words(main);
                }
                boolean isReached = main.phase() != Runs.Phase.RUNNING
                        || !object.path("status").path("podIP").asText("").isEmpty();
                return isReached ? outcome(operation, main, image) : null;
            });
        } catch (RuntimeException givenUp) {
            removeAfterFailure(operation, name, givenUp);
            throw givenUp;
        }
        if (outcome == null) {
            OperationTimeoutException late = new OperationTimeoutException(
                    deadline.timeout(operation.doing(), null).getMessage()
                            + (lastWords[0].isEmpty() ? "" : ": " + lastWords[0]),
                    null);
            removeAfterFailure(operation, name, late);
            throw late;
        }
        if (outcome.failure() != null) {
            removeAfterFailure(operation, name, outcome.failure());
            throw outcome.failure();
        }
    }

    private static String words(Runs.Main main) {
        return main.message().isEmpty() ? main.waiting() : main.message() + " (" + main.waiting() + ")";
    }

    /** Null while it may still start. */
    private static @Nullable Outcome outcome(Operation operation, Runs.Main main, String image) {
        String words = words(main);
        if (main.phase() == Runs.Phase.RUNNING) {
            return new Outcome(null);
        }
        if (main.phase() == Runs.Phase.ENDED) {
            if (main.waiting().equals("ContainerCannotRun") || main.waiting().equals("StartError")) {
                return new Outcome(notRunnable(operation, words));
            }
            if (main.container().isEmpty()) {
                return new Outcome(new StartFailedException(
                        operation.failed("its node did not take the pod: " + words), null, List.of(), null));
            }
            return new Outcome(null); // it ran, and is over already
        }
        if (IMAGE_PROBLEMS.contains(main.waiting())) {
            // The first fault may pass; the cluster goes on trying for as long as the pod is there.
            return new Outcome(new ImageNotFoundException(operation.failed("the node does not get image '" + image
                    + "': " + words + "; check its name, and that the cluster may pull it (pull secrets)")));
        }
        // A node that is busy comes to its secrets a moment later, and says so in the meantime.
        if (START_PROBLEMS.contains(main.waiting()) && !words.contains("failed to sync")) {
            return new Outcome(notRunnable(operation, words));
        }
        return null;
    }

    private static StartFailedException notRunnable(Operation operation, String words) {
        String lower = words.toLowerCase(Locale.ROOT);
        Integer code = null;
        String reason = words;
        if (lower.contains("executable file not found") || lower.contains("no such file or directory")) {
            code = 127;
            reason = "its program does not exist in the image (" + words + ")";
        } else if (lower.contains("permission denied")
                || lower.contains("exec format error")
                || lower.contains("is a directory")) {
            code = 126;
            reason = "its program cannot be executed (" + words + ")";
        }
        return new StartFailedException(operation.failed(reason), code, List.of(), null);
    }

    private void removeAfterFailure(Operation operation, String pod, RuntimeException failure) {
        boolean interrupted = Thread.interrupted();
        try {
            units.delete(operation, paths.pod(pod), Json.object().put("gracePeriodSeconds", 0), Deadline.in(CLEANUP));
        } catch (CofferdamException left) {
            failure.addSuppressed(left);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    void stop(String id, String signal, Duration grace, Deadline deadline) {
        Operation operation = Operation.of("stop", "stopping", "'" + id + "'");
        JsonNode record = units.record(operation, id, deadline);
        try {
            end(operation, id, signal, grace, deadline);
            forwards.close(id);
        } finally {
            names.changed(StackNames.network(record));
        }
    }

    private void end(Operation operation, String id, String signal, Duration grace, Deadline deadline) {
        JsonNode pod = units.runs(operation, id, deadline).last().orElse(null);
        if (pod == null || Runs.main(pod).phase() == Runs.Phase.ENDED) {
            return;
        }
        pods.open(deadline);
        if (Runs.main(pod).phase() == Runs.Phase.WAITING) {
            units.delete(operation, paths.pod(Marks.name(pod)), Json.object().put("gracePeriodSeconds", 0), deadline);
            return;
        }
        markAsAsked(operation, pod, deadline);
        if (!grace.isZero()) {
            List<String> command = List.of("sh", "-c", SIGNAL_MAIN, number(signal));
            Ending ending = endFromInside(operation, pod, command, deadline.cappedAt(grace));
            if (ending == Ending.OVER) {
                return;
            }
            if (ending == Ending.IMPOSSIBLE) {
                endByCluster(operation, pod, deadline);
                return;
            }
        }
        Ending ending = endFromInside(operation, pod, List.of("sh", "-c", KILL_ALL), deadline);
        if (ending == Ending.IMPOSSIBLE) {
            endByCluster(operation, pod, deadline);
        } else if (ending == Ending.NOT_YET) {
            throw deadline.timeout(operation.doing(), null);
        }
    }

    /** What has become of a pod whose processes were told to end. */
    private enum Ending {
        OVER,
        NOT_YET,
        /** There is nothing inside that could tell them. */
        IMPOSSIBLE
    }

    /** Runs a command inside and waits for the pod's end, not for the command's: nodes tell of that late or never. */
    private Ending endFromInside(Operation operation, JsonNode pod, List<String> command, Deadline until) {
        AtomicBoolean impossible = new AtomicBoolean();
        threads.start("end of " + Marks.name(pod), () -> {
            if (!inside(operation, pod, command)) {
                impossible.set(true);
                pods.nudge();
            }
        });
        Ending ending = pods.await(Marks.name(pod), until, operation.doing(), object -> {
            if (object == null || Runs.main(object).phase() == Runs.Phase.ENDED) {
                return Ending.OVER;
            }
            return impossible.get() ? Ending.IMPOSSIBLE : null;
        });
        return ending == null ? Ending.NOT_YET : ending;
    }

    private static String number(String signal) {
        if (NUMBER.matcher(signal).matches()) {
            return signal;
        }
        return signal.startsWith("SIG") ? signal.substring(3) : signal;
    }

    /** So that everybody who watches knows that this end is none to be mended. */
    private void markAsAsked(Operation operation, JsonNode pod, Deadline deadline) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").putObject("annotations").put(Marks.ASKED, "true");
        try {
            pods.learn(api.patch(operation, paths.pod(Marks.name(pod)), patch, deadline));
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                throw Faults.of(operation, refusal);
            }
        }
    }

    /** Whether a command could be run in the pod; what became of it is seen by what becomes of the pod. */
    private boolean inside(Operation operation, JsonNode pod, List<String> command) {
        try {
            ExecResult result = exec.plain(operation, pod, ExecSpec.of(command), Deadline.in(SIGNALLING));
            LOG.trace("{} answered {}", command, result);
            return result.exitCode() != 126 && result.exitCode() != 127;
        } catch (OperationTimeoutException cutOff) {
            return true; // it was killed with the others
        } catch (CofferdamException unusable) {
            LOG.debug("{}: the pod could not be ended from inside", operation.doing(), unusable);
            return !(unusable instanceof EngineException);
        }
    }

    private boolean awaitEnd(Operation operation, JsonNode pod, Deadline deadline) {
        return Boolean.TRUE.equals(pods.await(
                Marks.name(pod),
                deadline,
                operation.doing(),
                object -> (object == null || Runs.main(object).phase() == Runs.Phase.ENDED) ? true : null));
    }

    /** A pod whose time is over is ended by its node, and stays. */
    private void endByCluster(Operation operation, JsonNode pod, Deadline deadline) {
        ObjectNode patch = Json.object();
        patch.putObject("spec").put("activeDeadlineSeconds", 1);
        try {
            api.patch(operation, paths.pod(Marks.name(pod)), patch, deadline);
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                throw Faults.of(operation, refusal);
            }
        }
        if (!awaitEnd(operation, pod, deadline)) {
            throw deadline.timeout(operation.doing(), null);
        }
    }
}
