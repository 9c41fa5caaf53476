package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.CofferdamException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That this orchestrator lives, for those on other hosts: a Lease that is there before the first thing that is to go with the
 * session, is renewed once a minute, and goes at the close. Who has not renewed it for five minutes is dead: what its
 * session has left is removed by the next sweep, wherever that runs. Times are the API server's, which notes when it was
 * last written. An account that may not make leases does without: its things then go by the sweep of its own host.
 */
final class OwnerLease implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OwnerLease.class);

    static final String ROLE = "owner";

    private static final Duration DURATION = Duration.ofMinutes(5);
    private static final Duration RENEWAL = Duration.ofMinutes(1);
    private static final Duration CALL = Duration.ofSeconds(10);
    private static final Duration CLOSING = Duration.ofSeconds(2);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);
    private static final Operation RENEWING = Operation.of("renew", "renewing", "the lease of this session");

    private final Api api;
    private final Paths paths;
    private final Scheduler scheduler;
    private final String name = "cofferdam-owner-" + UUID.randomUUID();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean held;
    private boolean refused;
    private boolean closed;

    OwnerLease(Api api, Paths paths, Threads threads) {
        this.api = api;
        this.paths = paths;
        this.scheduler = threads.scheduler();
    }

    /** Something with these labels is about to be made. */
    void expect(Map<String, String> labels, Deadline deadline) {
        String owner = labels.get(Labels.OWNER);
        if (owner == null || !"session".equals(labels.get(Labels.LIFETIME))) {
            return;
        }
        lock.lock();
        try {
            if (held || refused || closed) {
                return;
            }
            ObjectNode lease =
                    Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
            ObjectNode metadata = lease.putObject("metadata").put("name", name);
            Map<String, String> marks = Map.of(Labels.OWNER, owner);
            metadata.set("labels", Marks.labels(marks, ROLE));
            metadata.putObject("annotations").put(Marks.LABELS, Marks.annotation(marks));
            lease.putObject("spec")
                    .put("holderIdentity", owner)
                    .put("leaseDurationSeconds", DURATION.toSeconds())
                    .put("renewTime", MICROS.format(Instant.now()));
            api.post(RENEWING, paths.leases(), lease, deadline);
            held = true;
            renewLater();
        } catch (Refusal refusal) {
            refused = true;
            LOG.warn(
                    "there is no lease that tells other hosts of the end of this session ({}); what it leaves if it is"
                            + " killed goes with the next sweep on this host",
                    refusal.words());
        } finally {
            lock.unlock();
        }
    }

    private void renewLater() {
        try {
            var unused = scheduler.schedule(RENEWAL, this::renew);
        } catch (RejectedExecutionException closing) {
            LOG.debug("the lease is not renewed: the engine is closing");
        }
    }

    private void renew() {
        ObjectNode patch = Json.object();
        patch.putObject("spec").put("renewTime", MICROS.format(Instant.now()));
        try {
            api.patch(RENEWING, paths.lease(name), patch, Deadline.in(CALL));
        } catch (CofferdamException late) {
            LOG.warn("{} failed, and is tried again: {}", RENEWING.doing(), late.getMessage());
        } finally {
            lock.lock();
            try {
                if (!closed) {
                    renewLater();
                }
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether an owner has leases, and let all of them run out. */
    static boolean hasExpired(Api api, Paths paths, String owner, Deadline deadline) {
        Operation operation = Operation.of("ask", "asking", "whether a session is over");
        try {
            String path = Paths.selecting(paths.leases(), Marks.selector(LabelSelector.of(Labels.OWNER, owner), ROLE));
            boolean any = false;
            Instant now = null;
            for (JsonNode lease : api.get(operation, path, deadline).path("items")) {
                if (!owner.equals(Marks.read(lease).get(Labels.OWNER))) {
                    continue;
                }
                any = true;
                now = now == null ? now(operation, api, paths, lease, deadline) : now;
                long seconds = lease.path("spec").path("leaseDurationSeconds").asLong(DURATION.toSeconds());
                Optional<Instant> renewed = renewed(lease);
                if (renewed.isEmpty() || renewed.get().plusSeconds(seconds).isAfter(now)) {
                    return false;
                }
            }
            return any;
        } catch (Refusal unknown) {
            LOG.debug("leases cannot be read", unknown);
            return false;
        }
    }

    /** When the API server wrote it last. */
    private static Optional<Instant> renewed(JsonNode lease) {
        Instant latest = Json.instant(lease.path("metadata").path("creationTimestamp"));
        for (JsonNode entry : lease.path("metadata").path("managedFields")) {
            Instant time = Json.instant(entry.path("time"));
            if (time != null && (latest == null || time.isAfter(latest))) {
                latest = time;
            }
        }
        return Optional.ofNullable(latest);
    }

    /** The API server's time: that of something it would make now. */
    private static Instant now(Operation operation, Api api, Paths paths, JsonNode like, Deadline deadline) {
        ObjectNode lease =
                Json.object().put("apiVersion", "coordination.k8s.io/v1").put("kind", "Lease");
        lease.putObject("metadata").put("generateName", Marks.name(like) + "-");
        @Nullable Instant now;
        try {
            now = Json.instant(api.post(operation, paths.leases() + "?dryRun=All", lease, deadline)
                    .path("metadata")
                    .path("creationTimestamp"));
        } catch (Refusal noRight) {
            now = null;
        }
        return now == null ? Instant.now() : now;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (held) {
                api.delete(RENEWING, paths.lease(name), null, Deadline.in(CLOSING));
            }
        } catch (CofferdamException left) {
            LOG.debug("the lease of this session is left to run out", left);
        } finally {
            lock.unlock();
        }
    }
}
