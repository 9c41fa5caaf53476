package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.Labels;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One watch of the engine's events about our containers, joined again whenever it breaks.
 *
 * <p>Nothing is missed at the start, because the stream is asked for from a moment of the engine's clock that lies before
 * it was asked for. After a break it is asked for from shortly before the last event on, and what was told already is left
 * out. The engine keeps only the last few hundred events, and none across its own restart: if it does not have that last
 * event any more, something may have been missed, and {@link UnitEvent.Kind#RESYNC} is told before anything else.
 */
final class EventStream implements Watch {

    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);

    private static final Duration FIRST_DELAY = Duration.ofMillis(50);
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(5);
    /** How long other events may be held up for the answer of a health check. */
    private static final Duration DETAIL = Duration.ofMillis(500);

    private static final Duration ASK_TIMEOUT = Duration.ofSeconds(10);
    private static final Operation OPERATION = Operation.of("watch", "watching", "the engine's events");

    private static final String FILTERS = Json.filters(Map.of(
            "type", List.of("container"),
            "label", List.of(Labels.ENVIRONMENT),
            "event",
                    List.of(
                            "create",
                            "start",
                            "oom",
                            "die",
                            "pause",
                            "unpause",
                            "rename",
                            "destroy",
                            "health_status")));

    private final EngineHttp http;
    private final Consumer<UnitEvent> sink;
    private final Sleeper sleeper;
    private final EventCursor cursor;
    private final EventReader reader = new EventReader();
    private final CompletableFuture<Boolean> established = new CompletableFuture<>();

    /** Held while the sink is called, so that closing can wait for it. */
    private final ReentrantLock delivery = new ReentrantLock();

    private final Thread thread;
    private volatile boolean closed;

    private EventStream(EngineHttp http, Threads threads, Consumer<UnitEvent> sink, Sleeper sleeper, Instant since) {
        this.http = http;
        this.sink = sink;
        this.sleeper = sleeper;
        this.cursor = new EventCursor(since);
        this.thread = threads.start("events", this::run);
    }

    /**
     * Opens a watch; returns when it stands.
     *
     * @param since a moment of the engine's clock before the call
     */
    static EventStream open(
            EngineHttp http,
            Threads threads,
            Consumer<UnitEvent> sink,
            Sleeper sleeper,
            Instant since,
            Deadline deadline) {
        EventStream stream = new EventStream(http, threads, sink, sleeper, since);
        try {
            Bounded.await(stream.established, deadline, OPERATION.doing());
            return stream;
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof CofferdamException known
                    ? known
                    : new IllegalStateException(OPERATION.couldNot(), failure.getCause());
        } catch (RuntimeException givenUp) {
            stream.close();
            throw givenUp;
        }
    }

    private void run() {
        Duration delay = FIRST_DELAY;
        try {
            while (!closed) {
                try {
                    boolean joinedAgain = established.isDone();
                    http.stream(OPERATION, request(), Deadline.none(), (reply, connection) -> {
                        if (joinedAgain && !cursor.isKnownTo(this::eventsAt)) {
                            deliver(UnitEvent.resync(Instant.now()));
                        }
                        established.complete(true);
                        read(reply.body());
                        return true;
                    });
                    delay = FIRST_DELAY;
                } catch (ClosedException end) {
                    established.completeExceptionally(end);
                    return;
                } catch (CofferdamException broken) {
                    if (established.completeExceptionally(broken)) {
                        return;
                    }
                    LOG.debug("the engine's events broke off, joining again in {} ms", delay.toMillis(), broken);
                }
                if (!closed) {
                    sleeper.sleep(delay);
                    delay = delay.multipliedBy(2).compareTo(LONGEST_DELAY) < 0 ? delay.multipliedBy(2) : LONGEST_DELAY;
                }
            }
        } catch (InterruptedException end) {
            established.completeExceptionally(new ClosedException(OPERATION.failed("the watch was closed")));
        }
    }

    private HttpRequest request() {
        return HttpRequest.get("/events?since=" + Logs.parameter(cursor.since()) + "&filters=" + FILTERS);
    }

    /** Whether the engine still has an event of a moment. */
    private boolean eventsAt(Instant moment, String fingerprint) throws IOException {
        String at = Logs.parameter(moment);
        HttpRequest request = HttpRequest.get("/events?since=" + at + "&until=" + at + "&filters=" + FILTERS);
        return http.call(OPERATION, request, Deadline.in(ASK_TIMEOUT), reply -> {
            BufferedReader lines = lines(reply.body());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && EventCursor.fingerprint(json(line)).equals(fingerprint)) {
                    return true;
                }
            }
            return false;
        });
    }

    private void read(InputStream body) throws IOException {
        BufferedReader lines = lines(body);
        for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
            if (!line.isBlank()) {
                JsonNode event = json(line);
                if (cursor.isNew(event)) {
                    reader.read(event).map(this::explained).ifPresent(this::deliver);
                }
            }
        }
    }

    /**
     * A verdict with what the check answered, which only an inspection tells. Asked for here, so that events keep their
     * order: verdicts change seldom, and an engine that just told something answers soon.
     */
    private UnitEvent explained(UnitEvent event) {
        if (event.kind() != UnitEvent.Kind.HEALTH) {
            return event;
        }
        try {
            JsonNode container =
                    http.json(OPERATION, HttpRequest.get(Containers.path(event.id(), "/json")), Deadline.in(DETAIL));
            return event.withDetail(HealthLog.lastAnswer(container.path("State").path("Health")));
        } catch (CofferdamException unknown) {
            LOG.debug("the engine does not tell why {} is {}", event.id(), event.health(), unknown);
            return event;
        }
    }

    private void deliver(UnitEvent event) {
        delivery.lock();
        try {
            if (!closed) {
                sink.accept(event);
            }
        } catch (RuntimeException ofTheSink) {
            LOG.warn("the receiver of the engine's events failed with {}", event.kind(), ofTheSink);
        } finally {
            delivery.unlock();
        }
    }

    private static BufferedReader lines(InputStream body) {
        return new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    private static JsonNode json(String line) throws IOException {
        return Json.read(line.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends the watch; waits for the receiver if it is being called, unless it is the receiver that calls this. */
    @Override
    public void close() {
        delivery.lock();
        try {
            closed = true;
        } finally {
            delivery.unlock();
        }
        thread.interrupt();
    }
}
