package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Readiness;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of things on a cluster when the JVM that made them does not end as it should. */
@OnKubernetes
@Timeout(120)
class OwnersOnKubernetesTest {

    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Operation LOOKING = Operation.of("look", "looking", "what is there");
    private static final String IMAGE = "cofferdam-test/busybox:1";

    private final String run = "o" + UUID.randomUUID().toString().substring(0, 8);
    private final Threads threads = Threads.named("look");
    private Api api;
    private Paths paths;

    @BeforeEach
    void connect() throws Exception {
        Cluster cluster = ClusterSearch.of(System.getenv(), OnKubernetes.CONFIG, threads)
                .run()
                .cluster();
        api = new Api(cluster, cluster.client(), threads, 4, Sleeper.system());
        paths = new Paths(cluster.namespace());
    }

    @AfterEach
    void disconnect() {
        assertThat(left()).isEmpty();
        api.close();
        threads.close();
    }

    /** The names of all records, networks and leases of this test, asked without the library's lists. */
    private List<String> left() {
        return java.util.stream.Stream.of(paths.configMaps(), paths.leases(), paths.services())
                .flatMap(path -> items(path).stream())
                .filter(object -> object.toString().contains(run))
                .map(Marks::name)
                .toList();
    }

    private List<JsonNode> items(String path) {
        List<JsonNode> items = new java.util.ArrayList<>();
        api.get(LOOKING, Paths.selecting(path, Marks.MANAGED + "=" + Marks.MANAGED_VALUE), Deadline.in(CALL))
                .path("items")
                .forEach(items::add);
        return items;
    }

    @Test
    @DisplayName("kill -9 of the owner: the next JVM on the host removes environments and the network of their stack")
    void killed() throws Exception {
        Process victim = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Victim.class.getName(),
                        run)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
            assertThat(out.readLine()).isEqualTo("ready");
        } finally {
            victim.destroyForcibly().waitFor();
        }
        assertThat(left()).isNotEmpty();

        try (Orchestrator next = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            next.sweep();
            assertThat(left()).isEmpty();
            assertThat(next.environments().statuses(LabelSelector.of("run", run)))
                    .isEmpty();
        }
        // The lease of the dead names its process and nothing of this test.
        assertThat(items(paths.leases()))
                .noneMatch(lease -> Marks.read(lease).toString().contains(":" + victim.pid() + ":"));
    }

    @Test
    @DisplayName("an owner of another host is dead when its lease has run out, and not before")
    void expired() {
        String owner = "boot-" + run + ".1.elsewhere:1:1";
        record(owner);
        lease(owner, 3600);
        try (Orchestrator next = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            assertThat(next.sweep()).noneMatch(leftover -> leftover.name().contains(run));
            assertThat(left()).hasSize(2);
        }
        lease(owner, 1);
        items(paths.leases()).stream()
                .filter(lease -> lease.toString().contains(run)
                        && lease.path("spec").path("leaseDurationSeconds").asInt() > 1)
                .forEach(lease -> api.delete(LOOKING, paths.lease(Marks.name(lease)), null, Deadline.in(CALL)));

        // Its second has to go by on the server's clock, which tells nobody.
        try (Orchestrator next = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            Deadline deadline = Deadline.in(CALL);
            while (!left().isEmpty() && !deadline.isExpired()) {
                next.sweep();
            }
        }
    }

    @Test
    @DisplayName("close: the lease goes with the orchestrator; nothing that is persistent needs one")
    void noLeaseIsLeft() {
        int before = items(paths.leases()).size();
        try (Orchestrator engine = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            var kept = engine.environments()
                    .create(spec().lifetime(Lifetime.persistent()).build());
            assertThat(items(paths.leases())).hasSize(before);
            kept.remove();
            engine.environments().create(spec().build());
            assertThat(items(paths.leases())).hasSize(before + 1);
        }
        assertThat(items(paths.leases())).hasSize(before);
    }

    @Test
    @DisplayName("ttl: what an owner left whose time is over goes with the next sweep, and its pod ends by itself")
    void ttlOfTheDead() {
        String owner = "boot-" + run + ".1.elsewhere:1:1";
        record(owner, Map.of(Labels.LIFETIME, "ttl", Labels.EXPIRES, "2020-01-01T00:00:00Z"));

        try (Orchestrator next = new KubernetesProvider().open(OnKubernetes.CONFIG)) {
            next.sweep();
            assertThat(left()).isEmpty();
        }
    }

    private EnvironmentSpec.Builder spec() {
        return EnvironmentSpec.image(IMAGE)
                .withCommand("sleep", "3600")
                .name(run)
                .label("run", run)
                .readyWhen(Readiness.running());
    }

    private void record(String owner) {
        record(owner, Map.of(Labels.LIFETIME, "session"));
    }

    /** A record as another host would have made it. */
    private void record(String owner, Map<String, String> more) {
        Map<String, String> labels = new java.util.HashMap<>(more);
        labels.put(Labels.OWNER, owner);
        labels.put(Labels.ENVIRONMENT, run);
        ObjectNode record = Json.object().put("apiVersion", "v1").put("kind", "ConfigMap");
        ObjectNode metadata = record.putObject("metadata").put("name", run + "-bcdfgh");
        ObjectNode marks = Marks.labels(labels, UnitBody.ENVIRONMENT);
        marks.put(Marks.UNIT, run + "-bcdfgh");
        metadata.set("labels", marks);
        metadata.putObject("annotations")
                .put(Marks.LABELS, Marks.annotation(labels))
                .put(Marks.NAME, run);
        record.putObject("data").put("pod", "{}").put("image", IMAGE);
        api.post(LOOKING, paths.configMaps(), record, Deadline.in(CALL));
    }

    private void lease(String owner, int seconds) {
        Map<String, String> labels = Map.of(Labels.OWNER, owner);
        ObjectNode lease =
                Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        ObjectNode metadata = lease.putObject("metadata").put("name", run + "-" + seconds);
        metadata.set("labels", Marks.labels(labels, OwnerLease.ROLE));
        metadata.putObject("annotations").put(Marks.LABELS, Marks.annotation(labels));
        lease.putObject("spec").put("holderIdentity", owner).put("leaseDurationSeconds", seconds);
        api.post(LOOKING, paths.leases(), lease, Deadline.in(CALL));
    }

    /** Makes things on the cluster and waits to be killed. */
    static final class Victim {

        private Victim() {}

        public static void main(String[] arguments) throws Exception {
            String run = arguments[0];
            Orchestrator engine = new KubernetesProvider().open(OnKubernetes.CONFIG);
            engine.environments()
                    .run(EnvironmentSpec.image(IMAGE)
                            .withCommand("sleep", "3600")
                            .name(run + "-web")
                            .stack(run)
                            .label("run", run)
                            .readyWhen(Readiness.running())
                            .build());
            System.out.println("ready");
            System.in.read();
        }
    }
}
