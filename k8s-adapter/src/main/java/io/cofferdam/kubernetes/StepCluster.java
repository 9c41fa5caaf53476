package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.WrongStateException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The cluster as steps of pipelines use it: objects of any kind, by server-side apply and by watching. */
final class StepCluster implements io.cofferdam.pipeline.Cluster {

    /** Whose fields are whose is remembered by the cluster under this name. */
    private static final String APPLY = "?fieldManager=cofferdam-pipeline&force=true";

    /** Pods have 30 s to end, unless they say otherwise. */
    private static final Duration GONE = Duration.ofMinutes(5);

    private static final Duration DIAGNOSIS = Duration.ofSeconds(5);

    private final Api api;
    private final Threads threads;
    private final List<String> pullSecrets;
    private final Duration callTimeout;
    private final Kinds kinds;
    private final StepPods pods;

    StepCluster(Api api, Threads threads, List<String> pullSecrets, Duration callTimeout) {
        this.api = api;
        this.threads = threads;
        this.pullSecrets = pullSecrets;
        this.callTimeout = callTimeout;
        this.kinds = new Kinds(api);
        this.pods = new StepPods(api, threads, callTimeout);
    }

    @Override
    public String name() {
        return api.cluster().toString();
    }

    private String namespace(@Nullable String given) {
        return given == null || given.isEmpty() ? api.cluster().namespace() : given;
    }

    private Deadline soon() {
        return Deadline.in(callTimeout);
    }

    private Operation operation(String verb, String gerund, Target target) {
        return Operation.of(
                verb,
                gerund,
                target.kind() + " '" + target.name() + "' in namespace '" + namespace(target.namespace()) + "'");
    }

    /** Asks, and says in the caller's words what the server refused. */
    private static <T> T asked(Operation operation, Supplier<T> question) {
        try {
            return question.get();
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    @Override
    public void deploy(Deployment deployment) {
        Target target = deployment.target();
        Operation operation = operation("deploy", "deploying", target);
        String namespace = namespace(target.namespace());
        Paths paths = new Paths(namespace);
        DeploymentBody body = new DeploymentBody(deployment, namespace, pullSecrets);
        Deadline deadline = soon();
        asked(operation, () -> {
            ensureNamespace(operation, namespace, deadline);
            List<ObjectNode> secrets = new ArrayList<>();
            StringBuilder versions = new StringBuilder();
            if (!deployment.secretEnvironment().isEmpty()) {
                secrets.add(secret(operation, paths, body.variables(""), deadline));
                versions.append(version(secrets.get(0)));
            }
            if (deployment.login() != null) {
                secrets.add(secret(operation, paths, body.login(deployment.login(), ""), deadline));
            }
            String path = "/apis/apps/v1/namespaces/" + namespace + "/deployments/" + target.name();
            ObjectNode wanted = body.deployment(versions.toString());
            // What the cluster refuses is refused before there is a secret for it.
            apply(operation, path, wanted, "&dryRun=All", deadline);
            secrets.forEach(secret -> apply(operation, paths.secret(Marks.name(secret)), secret, "", deadline));
            JsonNode made = apply(operation, path, wanted, "", deadline);
            secrets.forEach(secret -> apply(
                    operation, paths.secret(Marks.name(secret)), DeploymentBody.owned(secret, made), "", deadline));
            return made;
        });
    }

    private void ensureNamespace(Operation operation, String namespace, Deadline deadline) {
        try {
            api.get(operation, "/api/v1/namespaces/" + Paths.encode(namespace), deadline);
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                throw new NotFoundException(
                        operation.failed("there is no namespace '" + namespace
                                + "'; make it, for example by a k8s_deploy of a manifest with a Namespace before"),
                        refusal);
            }
            if (refusal.status() != 403) {
                throw refusal;
            }
            // An account may use a namespace that it must not look at.
        }
    }

    private static String version(JsonNode secret) {
        return Marks.annotation(secret, DeploymentBody.SECRET_VERSION);
    }

    /** The secret that is wanted, of the version that is there if it has the same content, else of a new one. */
    private ObjectNode secret(Operation operation, Paths paths, ObjectNode wanted, Deadline deadline) {
        String version = UUID.randomUUID().toString();
        try {
            JsonNode there = api.get(operation, paths.secret(Marks.name(wanted)), deadline);
            if (there.path("data").equals(wanted.path("data"))
                    && !version(there).isEmpty()) {
                version = version(there);
            }
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                throw refusal;
            }
        }
        wanted.withObjectProperty("metadata")
                .withObjectProperty("annotations")
                .put(DeploymentBody.SECRET_VERSION, version);
        return wanted;
    }

    private JsonNode apply(Operation operation, String path, JsonNode object, String more, Deadline deadline) {
        return api.call(operation, "PATCH", path + APPLY + more, object, Api.APPLY_PATCH, deadline);
    }

    @Override
    public List<Target> apply(String manifest, @Nullable String namespace) {
        List<Manifest.Part> parts = Manifest.read(manifest);
        Deadline deadline = soon();
        List<Problem> problems = new ArrayList<>();
        for (Manifest.Part part : parts) {
            tryOut(part, namespace, problems, deadline);
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("the manifest for " + name(), problems);
        }
        List<Target> applied = new ArrayList<>();
        for (Manifest.Part part : parts) {
            Operation operation = applying(part);
            try {
                applied.add(asked(operation, () -> apply(operation, part, namespace, "", deadline)));
            } catch (CofferdamException failed) {
                if (applied.isEmpty()) {
                    throw failed;
                }
                throw new EngineException(
                        failed.getMessage() + "; these were applied before it: " + words(applied), failed);
            }
        }
        return applied;
    }

    private static Operation applying(Manifest.Part part) {
        return Operation.of("apply", "applying", part.kind() + " '" + part.name() + "' of the manifest");
    }

    private static String words(List<Target> targets) {
        return String.join(
                ", ",
                targets.stream().map(each -> each.kind() + "/" + each.name()).toList());
    }

    /** Has the cluster check an object. What may come with another object of the manifest is not held against it. */
    private void tryOut(Manifest.Part part, @Nullable String namespace, List<Problem> problems, Deadline deadline) {
        Operation operation = applying(part);
        try {
            apply(operation, part, namespace, "&dryRun=All", deadline);
        } catch (NotFoundException notYet) {
            // Its kind or its namespace may be made by a document before it.
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                CofferdamException failure = Faults.of(operation, refusal);
                // Servers before 1.21 call an object that has not the form of its kind an error of their own.
                if (failure instanceof InvalidInputException || refusal.words().contains("typed patch object")) {
                    problems.add(Problem.at(
                            "document " + part.document() + ", " + part.kind() + " '" + part.name() + "'",
                            refusal.words()));
                } else {
                    throw failure;
                }
            }
        }
    }

    private Target apply(
            Operation operation, Manifest.Part part, @Nullable String given, String more, Deadline deadline) {
        Kinds.Kind kind = kinds.of(operation, part.apiVersion(), part.kind(), deadline);
        if (kind == null) {
            throw new NotFoundException(operation.failed("the cluster knows no kind '" + part.kind() + "' of '"
                    + part.apiVersion() + "'; see 'kubectl api-resources', or install what brings it"));
        }
        String namespace = kind.isNamespaced() ? namespace(part.namespace() == null ? given : part.namespace()) : null;
        ObjectNode object = Json.copy(part.object());
        object.remove("status");
        Manifest.forOldServers(object);
        if (namespace != null) {
            object.withObjectProperty("metadata").put("namespace", namespace);
        }
        apply(operation, kind.path(namespace(namespace), part.name()), object, more, deadline);
        return new Target(namespace, kind.word(), part.name());
    }

    @Override
    public int scale(Target target, int replicas) {
        Operation operation = operation("scale", "scaling", target);
        Deadline deadline = soon();
        return asked(operation, () -> {
            Kinds.Kind kind = kinds.called(operation, target.kind(), deadline);
            String path = kind.path(namespace(target.namespace()), target.name());
            // So that an object that is not there is told from one that has no replicas.
            api.get(operation, path, deadline);
            JsonNode scale;
            try {
                scale = api.get(operation, path + "/scale", deadline);
            } catch (Refusal refusal) {
                if (refusal.status() == 404) {
                    throw new WrongStateException(
                            operation.failed(
                                    "a " + kind.word() + " has no replicas; name what has, such as a deployment"),
                            refusal);
                }
                throw refusal;
            }
            ObjectNode change = Json.object();
            change.putObject("spec").put("replicas", replicas);
            api.patch(operation, path + "/scale", change, deadline);
            return scale.path("spec").path("replicas").asInt(0);
        });
    }

    @Override
    public void await(Target target, String condition, Duration timeout) {
        Operation operation = operation("wait for", "waiting for", target);
        Deadline deadline = Deadline.in(timeout);
        asked(operation, () -> {
            Kinds.Kind kind = kinds.called(operation, target.kind(), deadline);
            if (!condition.equalsIgnoreCase(Awaited.DELETED)) {
                api.get(operation, kind.path(namespace(target.namespace()), target.name()), deadline);
            }
            await(operation, kind, target, condition, deadline);
            return true;
        });
    }

    private void await(Operation operation, Kinds.Kind kind, Target target, String condition, Deadline deadline) {
        String namespace = namespace(target.namespace());
        JsonNode[] last = {Json.object()};
        Awaited seen;
        try (ObjectWatch watch = ObjectWatch.ofOne(api, threads, kind.word(), kind.path(namespace), target.name())) {
            watch.open(deadline);
            seen = watch.await(target.name(), deadline, operation.doing(), object -> {
                last[0] = object == null ? last[0] : object;
                Awaited now = Awaited.of(kind.word(), object, condition);
                return now.isMet() || !now.never().isEmpty() || deadline.isExpired() ? now : null;
            });
        }
        if (seen != null && seen.isMet()) {
            return;
        }
        String obstacles = new Obstacles(pods).of(kind, namespace, last[0], Deadline.in(DIAGNOSIS));
        if (seen != null && !seen.never().isEmpty()) {
            throw new WrongStateException(
                    operation.failed("it will not be '" + condition + "': " + seen.never() + obstacles));
        }
        String state = seen == null ? "" : ": " + seen.state();
        throw new OperationTimeoutException(
                deadline.timeout(operation.doing() + " until it is '" + condition + "'", null)
                                .getMessage()
                        + state
                        + obstacles,
                null);
    }

    @Override
    public int exec(Pods chosen, List<String> command, OutputStream stdout, OutputStream stderr) {
        return pods.exec(chosen, namespace(chosen.namespace()), command, stdout, stderr);
    }

    @Override
    public void logs(Pods chosen, Optional<Integer> tail, Optional<Duration> since, OutputStream to) {
        pods.logs(chosen, namespace(chosen.namespace()), tail, since, to);
    }

    @Override
    public boolean delete(Target target) {
        Operation operation = operation("delete", "deleting", target);
        return asked(operation, () -> {
            Kinds.Kind kind = kinds.called(operation, target.kind(), soon());
            if (!delete(operation, kind, target)) {
                return false;
            }
            await(operation, kind, target, Awaited.DELETED, Deadline.in(GONE));
            return true;
        });
    }

    private boolean delete(Operation operation, Kinds.Kind kind, Target target) {
        ObjectNode options = Json.object()
                .put("apiVersion", "v1")
                .put("kind", "DeleteOptions")
                .put("propagationPolicy", "Foreground");
        try {
            api.delete(operation, kind.path(namespace(target.namespace()), target.name()), options, soon());
            return true;
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return false;
            }
            throw refusal;
        }
    }

    @Override
    public List<Target> deleteAll(@Nullable String namespace, String word, String selector) {
        Operation operation = Operation.of("delete", "deleting", "every " + word + " with '" + selector + "'");
        if (selector.isBlank()) {
            throw new InvalidInputException(
                    operation.doing(),
                    List.of(new Problem(
                            "selector", "it is blank, which means everything there is", "write it as app=my-app")));
        }
        return asked(operation, () -> {
            Kinds.Kind kind = kinds.called(operation, word, soon());
            String in = namespace(namespace);
            List<Target> targets = new ArrayList<>();
            api.get(operation, Paths.selecting(kind.path(in), selector), soon())
                    .path("items")
                    .forEach(each ->
                            targets.add(new Target(kind.isNamespaced() ? in : null, kind.word(), Marks.name(each))));
            targets.removeIf(target -> !delete(operation, kind, target));
            for (Target target : targets) {
                await(operation("delete", "deleting", target), kind, target, Awaited.DELETED, Deadline.in(GONE));
            }
            return targets;
        });
    }

    @Override
    public String toString() {
        return "StepCluster[" + name() + "]";
    }
}
