package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the members of a network know each other by name, also on clusters without DNS and with the same alias in two
 * stacks: a pod is made with the names of those that run ({@code hostAliases}), and the hosts files of all pods of the
 * network are written anew whenever one has come or gone, by a command inside. Each is stamped with the cluster's version of
 * what it tells, so that of two writers the one who knows more is the one who stays. A pod without {@code sh}, or whose user
 * may not write its hosts file, keeps the names it began with.
 */
final class StackNames {

    private static final Logger LOG = LoggerFactory.getLogger(StackNames.class);

    /** The network a unit is in, on its record and its pods. */
    static final String NETWORK = "cofferdam.io/network";

    /** By which names the other members reach it. */
    private static final String NAMES = "cofferdam.io/names";

    /** With which other members it shares names; none for all. */
    private static final String COLOURS = "cofferdam.io/colours";

    private static final Duration PASS = Duration.ofSeconds(20);
    private static final int ATTEMPTS = 3;

    /**
     * Keeps what is above the names, and replaces these unless somebody who knows more was there before. Written over the old
     * text in one piece, so that no reader finds half a file. Exit code 43: the file cannot be written.
     */
    private static final String WRITE = """
        f=/etc/hosts; l=/etc/.cofferdam-hosts; n=0
        while ! mkdir "$l" 2>/dev/null; do [ -d "$l" ] && [ $n -lt 40 ] || break; n=$((n+1)); sleep 0.1; done
        seen=0; head=; size=0; top=1
        while IFS= read -r line || [ -n "$line" ]; do
          size=$((size+${#line}+1))
          case $line in "# Entries added by HostAliases."*) top=;; "# cofferdam "*) seen=${line#"# cofferdam "}; top=;; esac
          [ -z "$top" ] || head="$head$line
        "
        done <"$f"
        rc=0
        if [ "$seen" -lt "$1" ]; then
          text="$head# cofferdam $1
        $2"
          pad=$((size-${#text}-1))
          if [ $pad -ge 0 ]; then { printf '%s%*s\\n' "$text" $pad '' 1<>"$f"; } 2>/dev/null || rc=43
          else { printf '%s' "$text" 1<>"$f"; } 2>/dev/null || rc=43; fi
        fi
        rmdir "$l" 2>/dev/null
        exit $rc
        """;

    private final Api api;
    private final Paths paths;
    private final Exec exec;
    private final Threads threads;
    private final Map<String, Turns> networks = new ConcurrentHashMap<>();

    /** Pods that cannot be told, by their identifier: said once each. */
    private final Set<String> deaf = ConcurrentHashMap.newKeySet();

    StackNames(Api api, Paths paths, Exec exec, Threads threads) {
        this.api = api;
        this.paths = paths;
        this.exec = exec;
        this.threads = threads;
    }

    /** Notes with a record which network it is in, and how it is called there. */
    static void describe(ObjectNode record, CreateRequest request) {
        request.network().ifPresent(membership -> {
            ObjectNode metadata = record.withObjectProperty("metadata");
            metadata.withObjectProperty("labels").put(NETWORK, Marks.value(membership.network()));
            ObjectNode annotations = metadata.withObjectProperty("annotations");
            annotations.put(NETWORK, membership.network());
            annotations.put(NAMES, Json.write(array(membership.names())));
            String colour = request.labels().get(Labels.COLOUR);
            if (colour != null) {
                annotations.put(COLOURS, Json.write(array(List.of(colour))));
            }
        });
    }

    /** What a pod has of that from its record. */
    static void copy(JsonNode record, ObjectNode annotations) {
        for (String name : List.of(NETWORK, NAMES, COLOURS)) {
            String value = Marks.annotation(record, name);
            if (!value.isEmpty()) {
                annotations.put(name, value);
            }
        }
    }

    /** The network of a record or a pod; empty if it is in none. */
    static String network(JsonNode object) {
        return Marks.annotation(object, NETWORK);
    }

    static List<String> names(JsonNode object) {
        return strings(object, NAMES);
    }

    static String colours(Collection<String> colours) {
        return Json.write(array(colours.stream().sorted().toList()));
    }

    static ObjectNode recoloured(Collection<String> colours) {
        ObjectNode patch = Json.object();
        patch.putObject("metadata").putObject("annotations").put(COLOURS, colours(colours));
        return patch;
    }

    private static ArrayNode array(Collection<String> words) {
        ArrayNode array = Json.object().putArray("words");
        words.forEach(array::add);
        return array;
    }

    private static List<String> strings(JsonNode object, String annotation) {
        List<String> words = new ArrayList<>();
        try {
            String text = Marks.annotation(object, annotation);
            if (!text.isEmpty()) {
                Json.read(text).forEach(word -> words.add(word.asText("")));
            }
        } catch (IOException spoiled) {
            LOG.debug("the annotation {} of '{}' is none of ours", annotation, Marks.name(object));
        }
        return words;
    }

    /** The pods that run in a network, oldest first, and the cluster's version of that. */
    private record Members(long version, List<JsonNode> pods) {}

    private Members members(Operation operation, String network, Deadline deadline) {
        String selector = Marks.selector(UnitBody.ENVIRONMENT) + "," + NETWORK + "=" + Marks.value(network);
        try {
            JsonNode list = api.get(operation, Paths.selecting(paths.pods(), selector), deadline);
            List<JsonNode> pods = new ArrayList<>();
            for (JsonNode pod : list.path("items")) {
                if (network(pod).equals(network)
                        && Runs.main(pod).phase() == Runs.Phase.RUNNING
                        && !pod.path("metadata").has("deletionTimestamp")
                        && !address(pod).isEmpty()) {
                    pods.add(pod);
                }
            }
            pods.sort(Comparator.comparing((JsonNode pod) ->
                            pod.path("metadata").path("creationTimestamp").asText(""))
                    .thenComparing(Marks::name));
            String version = list.path("metadata").path("resourceVersion").asText("");
            return new Members(version.matches("\\d{1,18}") ? Long.parseLong(version) : 1, pods);
        } catch (Refusal refusal) {
            throw Faults.of(operation, refusal);
        }
    }

    private static String address(JsonNode pod) {
        return pod.path("status").path("podIP").asText("");
    }

    /** Whether a member knows another by name. */
    private static boolean knows(JsonNode one, JsonNode other) {
        List<String> mine = strings(one, COLOURS);
        List<String> theirs = strings(other, COLOURS);
        return mine.isEmpty() || theirs.isEmpty() || !Collections.disjoint(new HashSet<>(mine), theirs);
    }

    /** The names that a pod which is about to be made knows from its first moment on. */
    ArrayNode aliases(Operation operation, JsonNode record, Deadline deadline) {
        ArrayNode aliases = Json.object().putArray("hostAliases");
        for (JsonNode member : members(operation, network(record), deadline).pods()) {
            if (knows(record, member)) {
                ObjectNode alias = aliases.addObject().put("ip", address(member));
                ArrayNode hostnames = alias.putArray("hostnames");
                names(member).forEach(hostnames::add);
            }
        }
        return aliases;
    }

    /** A member has come: returns when it and all others know each other. */
    void arrived(String network, Operation operation, Deadline deadline) {
        if (!network.isEmpty()) {
            turns(network).await(operation, deadline);
        }
    }

    /** A member has gone, or is going: the others are told in the background. */
    void changed(String network) {
        if (!network.isEmpty()) {
            turns(network).ask();
        }
    }

    private Turns turns(String network) {
        return networks.computeIfAbsent(network, Turns::new);
    }

    /** One network's writing: never twice at once, and once more if somebody asked meanwhile. */
    private final class Turns {

        private final String network;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition over = lock.newCondition();
        private long asked;
        private long done;
        private boolean working;

        Turns(String network) {
            this.network = network;
        }

        long ask() {
            lock.lock();
            try {
                asked++;
                if (!working) {
                    threads.start("names of " + network, this::work);
                    working = true;
                }
                return asked;
            } catch (RejectedExecutionException closing) {
                LOG.debug("the names in network '{}' are left as they are: the engine is closing", network);
                return 0;
            } finally {
                lock.unlock();
            }
        }

        void await(Operation operation, Deadline deadline) {
            long mine = ask();
            lock.lock();
            try {
                while (done < mine) {
                    long left = deadline.remainingNanos();
                    if (left <= 0) {
                        throw deadline.timeout(operation.doing(), null);
                    }
                    over.awaitNanos(left);
                }
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException(operation.doing() + " was interrupted", interrupt);
            } finally {
                lock.unlock();
            }
        }

        private void told(long target) {
            lock.lock();
            try {
                done = target;
                over.signalAll();
            } finally {
                lock.unlock();
            }
        }

        private void work() {
            while (true) {
                long target;
                lock.lock();
                try {
                    if (done == asked) {
                        working = false;
                        return;
                    }
                    target = asked;
                } finally {
                    lock.unlock();
                }
                try {
                    pass(network);
                } catch (RuntimeException failure) {
                    LOG.warn("could not tell all members of network '{}' each other's names", network, failure);
                } finally {
                    told(target);
                }
            }
        }
    }

    private void pass(String network) {
        Deadline deadline = Deadline.in(PASS);
        Operation operation = Operation.of("tell", "telling", "the members of network '" + network + "' their names");
        Members members = members(operation, network, deadline);
        CountDownLatch told = new CountDownLatch(members.pods().size());
        for (JsonNode pod : members.pods()) {
            String text = table(pod, members.pods());
            try {
                threads.start("names for " + Marks.name(pod), () -> {
                    try {
                        write(operation, pod, members.version(), text, deadline);
                    } finally {
                        told.countDown();
                    }
                });
            } catch (RejectedExecutionException closing) {
                return;
            }
        }
        try {
            if (!told.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                LOG.warn("not all members of network '{}' could be told their names in time", network);
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    private static String table(JsonNode pod, List<JsonNode> members) {
        StringBuilder text = new StringBuilder();
        Map<String, Set<String>> seen = new HashMap<>();
        for (JsonNode member : members) {
            List<String> names = names(member);
            if (!names.isEmpty()
                    && knows(pod, member)
                    && seen.computeIfAbsent(address(member), address -> new HashSet<>())
                            .addAll(names)) {
                text.append(address(member))
                        .append('\t')
                        .append(String.join(" ", names))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private void write(Operation operation, JsonNode pod, long version, String text, Deadline deadline) {
        List<String> command = List.of("sh", "-c", WRITE, "sh", Long.toString(version), text);
        for (int attempt = 1; !deadline.isExpired(); attempt++) {
            try {
                ExecResult result = exec.plain(operation, pod, ExecSpec.of(command), deadline);
                if (!result.succeeded()
                        && deaf.add(pod.path("metadata").path("uid").asText(""))) {
                    LOG.warn(
                            "pod '{}' goes on with the names it began with, because its hosts file cannot be written"
                                    + " from inside ({}): an image with sh whose user is root learns of others that come"
                                    + " and go",
                            Marks.name(pod),
                            result.exitCode() == 43
                                    ? "no right"
                                    : result.stderr().strip());
                }
                return;
            } catch (CofferdamException failed) {
                LOG.debug("pod '{}' was not told the names of others", Marks.name(pod), failed);
                if (attempt == ATTEMPTS || failed instanceof OperationInterruptedException) {
                    return; // most likely it has ended
                }
            }
        }
    }
}
