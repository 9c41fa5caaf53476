package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.EngineVersionException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * A cluster that answered, and what it said of itself.
 *
 * @param version its answer to {@code /version}
 * @param storage whether it has a class of storage for who asks for none
 * @param neighbour whether a node of it is this host, so that pods can be reached at their own addresses
 */
record ClusterFacts(Cluster cluster, JsonNode version, boolean storage, boolean neighbour) {

    private static final int OLDEST_MINOR = 19;

    /** What nothing goes without, as verb and resource. */
    private static final List<String> RIGHTS = List.of(
            "create configmaps",
            "get configmaps",
            "list configmaps",
            "watch configmaps",
            "patch configmaps",
            "delete configmaps",
            "create pods",
            "list pods",
            "watch pods",
            "patch pods",
            "delete pods",
            "get pods/log",
            "create pods/exec",
            "create services",
            "get services",
            "delete services",
            "create secrets",
            "get secrets");

    private static final Operation ASKING = Operation.of("ask", "asking", "the cluster about itself");

    /** Asks for the version only. */
    static JsonNode version(Api api, Deadline deadline) {
        try {
            return api.get(ASKING, "/version", deadline);
        } catch (Refusal refusal) {
            throw Faults.of(ASKING, refusal);
        }
    }

    /**
     * Asks a cluster everything that has to be known of it.
     *
     * @throws EngineVersionException if it is too old
     */
    static ClusterFacts ask(Api api, Settings settings, Deadline deadline) {
        JsonNode version = version(api, deadline);
        check(api.cluster(), version);
        boolean storage = hasStorage(api, deadline);
        boolean neighbour = settings.get(Settings.POD_ADDRESSES)
                .map(Boolean::parseBoolean)
                .orElseGet(() -> isNeighbour(api, deadline));
        return new ClusterFacts(api.cluster(), version, storage, neighbour);
    }

    private static void check(Cluster cluster, JsonNode version) {
        int major = number(version.path("major").asText(""));
        int minor = number(version.path("minor").asText(""));
        if (major < 1 || (major == 1 && minor < OLDEST_MINOR)) {
            throw new EngineVersionException("the cluster at " + cluster.server() + " is too old: it is of version "
                    + version.path("gitVersion").asText("unknown") + ", at least 1." + OLDEST_MINOR
                    + " is needed; update it");
        }
    }

    /** Clouds write things like 27+. */
    private static int number(String text) {
        String digits = text.replaceAll("\\D.*", "");
        return digits.isEmpty() || digits.length() > 6 ? 0 : Integer.parseInt(digits);
    }

    private static boolean hasStorage(Api api, Deadline deadline) {
        try {
            for (JsonNode each : api.get(ASKING, "/apis/storage.k8s.io/v1/storageclasses", deadline)
                    .path("items")) {
                if (Marks.annotation(each, "storageclass.kubernetes.io/is-default-class")
                        .equals("true")) {
                    return true;
                }
            }
            return false;
        } catch (Refusal unknown) {
            return false;
        }
    }

    private static boolean isNeighbour(Api api, Deadline deadline) {
        try {
            for (JsonNode node : api.get(ASKING, "/api/v1/nodes", deadline).path("items")) {
                for (JsonNode address : node.path("status").path("addresses")) {
                    if (address.path("type").asText("").equals("InternalIP")
                            && NetworkInterface.getByInetAddress(InetAddress.getByName(
                                            address.path("address").asText("")))
                                    != null) {
                        return true;
                    }
                }
            }
            return false;
        } catch (Refusal | UnknownHostException | SocketException unknown) {
            return false;
        }
    }

    /**
     * Asks whether the account may do what is needed, so that nothing is begun that cannot be ended.
     *
     * @throws EngineException with everything that is missing
     */
    static void checkRights(Api api, Deadline deadline) {
        String namespace = api.cluster().namespace();
        ObjectNode review =
                Json.object().put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectRulesReview");
        review.putObject("spec").put("namespace", namespace);
        JsonNode status;
        try {
            status = api.post(ASKING, "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews", review, deadline)
                    .path("status");
        } catch (Refusal unknown) {
            return; // some clusters do not tell; what is missing is then told when it is needed
        }
        List<String> missing = new ArrayList<>();
        for (String right : RIGHTS) {
            String[] words = right.split(" ", -1);
            if (!allows(status, words[0], words[1]) && !allowedByReview(api, words[0], words[1], deadline)) {
                missing.add(right);
            }
        }
        if (!missing.isEmpty()) {
            throw new EngineException("the account of " + api.cluster() + " may not " + String.join(", ", missing)
                    + " in namespace '" + namespace + "'; give it these rights by a role and a role binding");
        }
    }

    private static boolean allows(JsonNode status, String verb, String resource) {
        for (JsonNode rule : status.path("resourceRules")) {
            if (has(rule.path("verbs"), verb)
                    && has(rule.path("apiGroups"), "")
                    && has(rule.path("resources"), resource)) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(JsonNode list, String wanted) {
        for (JsonNode each : list) {
            if (each.asText("?").equals(wanted) || each.asText("?").equals("*")) {
                return true;
            }
        }
        return false;
    }

    /** The list of rules is not always complete; asked one by one, the cluster always knows. */
    private static boolean allowedByReview(Api api, String verb, String resource, Deadline deadline) {
        ObjectNode review =
                Json.object().put("apiVersion", "authorization.k8s.io/v1").put("kind", "SelfSubjectAccessReview");
        ObjectNode asked = review.putObject("spec").putObject("resourceAttributes");
        String[] parts = resource.split("/", 2);
        asked.put("namespace", api.cluster().namespace()).put("verb", verb).put("resource", parts[0]);
        if (parts.length > 1) {
            asked.put("subresource", parts[1]);
        }
        try {
            return api.post(ASKING, "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review, deadline)
                    .path("status")
                    .path("allowed")
                    .asBoolean(false);
        } catch (Refusal unknown) {
            return true;
        }
    }

    EngineInfo engineInfo() {
        String platform = version.path("platform").asText("");
        int slash = platform.indexOf('/');
        return new EngineInfo(
                KubernetesProvider.NAME,
                version.path("gitVersion").asText(""),
                "v1",
                cluster.server(),
                slash < 0 ? "linux" : platform.substring(0, slash),
                slash < 0 ? "unknown" : platform.substring(slash + 1),
                0,
                0,
                Map.of("namespace", cluster.namespace(), "configuration", cluster.source()));
    }

    Capabilities capabilities() {
        Map<Capability, String> missing = new EnumMap<>(Capability.class);
        missing.put(Capability.TEMPLATES, "pods are made from images only");
        missing.put(
                Capability.IMAGE_STORE,
                "the nodes of a cluster fetch images themselves and tell nobody what they have");
        missing.put(Capability.VOLUME_SIZES, "how much is stored in a claim is known to its node only");
        missing.put(Capability.KEPT_FILES, "what a pod has outside its volumes ends with the pod");
        missing.put(Capability.LOG_STREAMS, "clusters keep standard output and standard error as one");
        missing.put(Capability.NETWORK_ISOLATION, "whether a cluster enforces network policies cannot be found out");
        missing.put(Capability.SEVERAL_NETWORKS, "all pods of a cluster are in one network");
        missing.put(Capability.SUBNETS, "all pods of a cluster are in one network");
        missing.put(Capability.PAUSE, "clusters cannot freeze pods");
        missing.put(Capability.PIDS_LIMIT, "the number of processes is limited by a node's configuration only");
        missing.put(Capability.DISK_LIMIT, "clusters end a pod that uses too much disk, some time later");
        missing.put(Capability.RESTART_POLICY, "a pod is made anew for each run, by this library");
        missing.put(Capability.HEALTH_CHECKS, "health checks are asked by this library");
        missing.put(Capability.BIND_MOUNTS, "the paths of this host are not those of a cluster's nodes");
        missing.put(Capability.USER_SWITCH, "clusters know users by number only");
        missing.put(Capability.COPY_WHILE_STOPPED, "files are copied by commands inside, which need a pod that runs");
        missing.put(Capability.SNAPSHOTS, "clusters cannot save pods");
        missing.put(Capability.MEMORY_CHECKPOINT, "clusters cannot save pods");
        missing.put(Capability.ATTACH, "the streams of a pod's main process are not passed on yet");
        missing.put(Capability.IMAGE_PLATFORMS, "a pod's platform is that of its node");
        missing.put(Capability.BUILDKIT, "clusters build no images");
        if (!storage) {
            missing.put(Capability.VOLUMES, "the cluster has no default class of storage");
        }
        if (!neighbour) {
            missing.put(Capability.UDP_PORTS, "pods are reached through the API server, which passes on TCP only");
        }
        return Capabilities.allBut(KubernetesProvider.NAME, missing);
    }
}
