package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.pipeline.Cluster.Pods;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Pods that somebody chooses by their labels: commands in one of them, and what they wrote. */
final class StepPods {

    private final Api api;
    private final Threads threads;
    private final Duration callTimeout;

    StepPods(Api api, Threads threads, Duration callTimeout) {
        this.api = api;
        this.threads = threads;
        this.callTimeout = callTimeout;
    }

    /** The pods with these labels, by their names. */
    List<JsonNode> list(Operation operation, String namespace, String selector, Deadline deadline) {
        List<JsonNode> found = new ArrayList<>();
        api.get(operation, Paths.selecting(new Paths(namespace).pods(), selector), deadline)
                .path("items")
                .forEach(found::add);
        found.sort(Comparator.comparing(Marks::name));
        return found;
    }

    private List<JsonNode> chosen(Operation operation, String namespace, String selector) {
        try {
            return list(operation, namespace, selector, Deadline.in(callTimeout));
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    private static boolean isReady(JsonNode pod) {
        if (pod.path("metadata").has("deletionTimestamp")) {
            return false;
        }
        for (JsonNode condition : pod.path("status").path("conditions")) {
            if (condition.path("type").asText("").equals("Ready")) {
                return condition.path("status").asText("").equals("True");
            }
        }
        return false;
    }

    int exec(Pods which, String namespace, List<String> command, OutputStream stdout, OutputStream stderr) {
        Operation operation =
                Operation.of("run", "running", "'" + command.get(0) + "' in a pod with '" + which.selector() + "'");
        List<JsonNode> there = chosen(operation, namespace, which.selector());
        JsonNode pod = there.stream().filter(StepPods::isReady).findFirst().orElse(null);
        if (pod == null) {
            throw none(operation, namespace, which, there);
        }
        Exec exec = new Exec(api, new Paths(namespace), threads, container(operation, pod, which.container()));
        ExecSpec spec = ExecSpec.of(command).withStdout(stdout).withStderr(stderr);
        return exec.run(operation, pod, spec, terminal -> {}, Deadline.none()).exitCode();
    }

    private static RuntimeException none(Operation operation, String namespace, Pods which, List<JsonNode> there) {
        if (there.isEmpty()) {
            return new NotFoundException(operation.failed("no pod of namespace '" + namespace + "' has the labels '"
                    + which.selector() + "'; look at 'pod_selector'"));
        }
        List<String> states = new ArrayList<>();
        there.forEach(pod -> states.add(Marks.name(pod) + " (" + Obstacles.state(pod) + ")"));
        return new WrongStateException(operation.failed(
                "none of its pods is ready: " + String.join(", ", states) + "; wait for them by a k8s_wait before"));
    }

    /** The container somebody names, else the pod's first. */
    private static String container(Operation operation, JsonNode pod, @Nullable String named) {
        List<String> names = new ArrayList<>();
        pod.path("spec")
                .path("containers")
                .forEach(each -> names.add(each.path("name").asText("")));
        if (named == null) {
            return names.isEmpty() ? "" : names.get(0);
        }
        if (!names.contains(named)) {
            throw new NotFoundException(operation.failed("pod '" + Marks.name(pod) + "' has no container '" + named
                    + "'; it has " + String.join(", ", names)));
        }
        return named;
    }

    void logs(Pods which, String namespace, Optional<Integer> tail, Optional<Duration> since, OutputStream to) {
        Operation operation = Operation.of("read", "reading", "the logs of pods with '" + which.selector() + "'");
        List<JsonNode> there = chosen(operation, namespace, which.selector());
        if (there.isEmpty()) {
            throw none(operation, namespace, which, there);
        }
        StringBuilder options = new StringBuilder();
        tail.ifPresent(lines -> options.append("&tailLines=").append(lines));
        since.ifPresent(time -> options.append("&sinceSeconds=")
                .append(Math.max(1, time.plusMillis(999).toSeconds())));
        for (JsonNode pod : there) {
            String container = container(operation, pod, which.container());
            try {
                read(operation, namespace, pod, container, options.toString(), to, Deadline.none());
            } catch (Refusal refusal) {
                // One that never began, or has gone meanwhile, has written nothing.
                if (refusal.status() != 404 && refusal.status() != 400) {
                    throw Faults.of(operation, refusal);
                }
            }
        }
    }

    /** Hands on what a container wrote. Once this has returned, nothing more comes. */
    void read(
            Operation operation,
            String namespace,
            JsonNode pod,
            String container,
            String options,
            OutputStream to,
            Deadline deadline) {
        String path = new Paths(namespace).pod(Marks.name(pod)) + "/log?container=" + Paths.encode(container) + options;
        boolean[] givenUp = {false};
        try {
            api.stream(operation, path, deadline, in -> {
                copy(in, to, givenUp);
                return true;
            });
        } finally {
            synchronized (givenUp) {
                givenUp[0] = true;
            }
        }
    }

    private static void copy(InputStream in, OutputStream to, boolean[] givenUp) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            synchronized (givenUp) {
                if (givenUp[0]) {
                    throw new InterruptedIOException("given up");
                }
                to.write(buffer, 0, count);
            }
        }
    }
}
