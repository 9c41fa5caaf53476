package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.OperationInterruptedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import okhttp3.Call;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one watch of a kind in a namespace, shared by all who want to know. It is taken up where it broke off; where the
 * cluster no longer knows that place, everything is listed again and compared with what was known, so that what was missed
 * is told and nothing is invented. All listeners are called from one thread, or with the same lock held.
 */
final class ObjectWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectWatch.class);

    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    /** The cluster ends a watch after this; taken up again, it costs one request. */
    private static final int SECONDS = 290;

    private static final int PAGE = 500;

    private final Api api;
    private final Threads threads;
    private final Operation operation;
    private final String query;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, JsonNode> known = new HashMap<>();
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private boolean open;
    private volatile boolean closed;
    private volatile @Nullable Call call;
    private String version = "";

    /** Hears of every change, in the cluster's order. Must not block. */
    interface Listener {
        /**
         * Hears of one change.
         *
         * @param before what was known, or null
         * @param after what is now, or null if it is gone; what it was at its end is then in {@code before}
         */
        void changed(@Nullable JsonNode before, @Nullable JsonNode after);
    }

    /** The cluster forgot the place where the watch was. */
    private static final class Expired extends IOException {
        private static final long serialVersionUID = 1L;
    }

    ObjectWatch(Api api, Threads threads, String kind, String path, String selector) {
        this(api, threads, Operation.of("watch", "watching", kind), Paths.selecting(path, selector));
    }

    private ObjectWatch(Api api, Threads threads, Operation operation, String query) {
        this.api = api;
        this.threads = threads;
        this.operation = operation;
        this.query = query;
    }

    /** A watch of a single object. */
    static ObjectWatch ofOne(Api api, Threads threads, String kind, String path, String name) {
        return new ObjectWatch(
                api,
                threads,
                Operation.of("watch", "watching", kind + " '" + name + "'"),
                path + "?fieldSelector=" + Paths.encode("metadata.name=" + name));
    }

    /** Begins to watch, unless it does already; when it returns, nothing is missed from then on. */
    void open(Deadline deadline) {
        lock.lock();
        try {
            if (open) {
                return;
            }
            merge(list(deadline));
            open = true;
        } finally {
            lock.unlock();
        }
        threads.start(operation.doing(), this::run);
    }

    /** Adds a listener and tells it what is there now, as new. */
    Runnable listen(Listener listener) {
        lock.lock();
        try {
            known.values().forEach(object -> listener.changed(null, object));
            listeners.add(listener);
        } finally {
            lock.unlock();
        }
        return () -> {
            lock.lock();
            try {
                listeners.remove(listener);
            } finally {
                lock.unlock();
            }
        };
    }

    /** Answers until there is something. */
    @FunctionalInterface
    interface Question<T> {
        /**
         * Looks whether there is an answer.
         *
         * @param object what is known now, or null if there is no such object
         * @return null to wait for the next change
         */
        @Nullable
        T ask(@Nullable JsonNode object);
    }

    /**
     * Waits until an object is as wanted.
     *
     * @return the answer, or null when the deadline is over
     */
    <T> @Nullable T await(String name, Deadline deadline, String what, Question<T> question) {
        lock.lock();
        try {
            while (true) {
                if (closed) {
                    throw new ClosedException(what + " ended because the engine was closed");
                }
                T answer = question.ask(known.get(name));
                long left = deadline.remainingNanos();
                if (answer != null || left <= 0) {
                    return answer;
                }
                changed.awaitNanos(left);
            }
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(what + " was interrupted", interrupt);
        } finally {
            lock.unlock();
        }
    }

    /** Lets whoever waits look again, because something else has changed. */
    void nudge() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Tells what a call has answered meanwhile, if that is newer than what is known. */
    void learn(JsonNode object) {
        lock.lock();
        try {
            if (open) {
                put(object);
            }
        } finally {
            lock.unlock();
        }
    }

    private List<JsonNode> list(Deadline deadline) {
        List<JsonNode> items = new ArrayList<>();
        String next = "";
        do {
            String page = query + "&limit=" + PAGE + (next.isEmpty() ? "" : "&continue=" + Paths.encode(next));
            JsonNode list = api.get(operation, page, deadline);
            list.path("items").forEach(items::add);
            version = list.path("metadata").path("resourceVersion").asText("");
            next = list.path("metadata").path("continue").asText("");
        } while (!next.isEmpty());
        return items;
    }

    private void merge(List<JsonNode> items) {
        Set<String> there = new HashSet<>();
        for (JsonNode item : items) {
            there.add(Marks.name(item));
            JsonNode before = known.get(Marks.name(item));
            if (before != null && !uid(before).equals(uid(item))) {
                remove(before);
            }
            put(item);
        }
        for (JsonNode gone : List.copyOf(known.values())) {
            if (!there.contains(Marks.name(gone))) {
                remove(gone);
            }
        }
    }

    private static String uid(JsonNode object) {
        return object.path("metadata").path("uid").asText("");
    }

    private static long version(JsonNode object) {
        String text = object.path("metadata").path("resourceVersion").asText("");
        return text.matches("\\d{1,18}") ? Long.parseLong(text) : Long.MAX_VALUE;
    }

    private void put(JsonNode object) {
        JsonNode before = known.get(Marks.name(object));
        if (before != null && uid(before).equals(uid(object)) && version(object) <= version(before)) {
            return;
        }
        known.put(Marks.name(object), object);
        tell(before, object);
    }

    private void remove(JsonNode last) {
        known.remove(Marks.name(last));
        tell(last, null);
    }

    private void tell(@Nullable JsonNode before, @Nullable JsonNode after) {
        for (Listener listener : listeners) {
            try {
                listener.changed(before, after);
            } catch (RuntimeException failure) {
                LOG.error("a listener of {} failed", operation.doing(), failure);
            }
        }
        changed.signalAll();
    }

    private void run() {
        Duration pause = FIRST_PAUSE;
        boolean relist = false;
        while (!closed) {
            try {
                if (relist) {
                    lock.lock();
                    try {
                        merge(list(Deadline.in(Duration.ofSeconds(60))));
                    } finally {
                        lock.unlock();
                    }
                    relist = false;
                }
                boolean heard = follow();
                if (heard) {
                    pause = FIRST_PAUSE;
                    continue;
                }
            } catch (Expired forgotten) {
                relist = true;
                continue;
            } catch (Refusal refusal) {
                relist |= refusal.status() == 410;
                Duration asked = refusal.retryAfter();
                pause = asked != null && asked.compareTo(pause) > 0 ? asked : pause;
                LOG.debug("{} was refused, and is tried again", operation.doing(), refusal);
            } catch (IOException | CofferdamException broken) {
                LOG.debug("{} broke off, and is taken up again", operation.doing(), broken);
            }
            if (closed) {
                return;
            }
            try {
                TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            } catch (InterruptedException closing) {
                return;
            }
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause.multipliedBy(2);
        }
    }

    /** Reads one watch to its end: whether anything came. */
    private boolean follow() throws IOException {
        String watch = query + "&watch=true&allowWatchBookmarks=true&timeoutSeconds=" + SECONDS + "&resourceVersion="
                + Paths.encode(version);
        Call opened = api.open(operation, watch);
        call = opened;
        if (closed) {
            return false;
        }
        boolean heard = false;
        try (Response response = api.answer(operation, opened);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(response.body().byteStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && !closed; line = lines.readLine()) {
                if (!line.isBlank()) {
                    event(Json.read(line));
                    heard = true;
                }
            }
        }
        return heard;
    }

    private void event(JsonNode event) throws IOException {
        JsonNode object = event.path("object");
        String type = event.path("type").asText("");
        if (type.equals("ERROR")) {
            if (object.path("code").asInt(0) == 410) {
                throw new Expired();
            }
            throw new IOException(object.path("message").asText("the watch ended with an error"));
        }
        lock.lock();
        try {
            String at = object.path("metadata").path("resourceVersion").asText("");
            if (type.equals("DELETED")) {
                JsonNode before = known.get(Marks.name(object));
                if (before != null && uid(before).equals(uid(object))) {
                    put(object); // what it was in the end
                    remove(known.getOrDefault(Marks.name(object), object));
                }
            } else if (type.equals("ADDED") || type.equals("MODIFIED")) {
                put(object);
            }
            // Bookmarks, and whatever a newer server tells, are places to go on from.
            if (!at.isEmpty()) {
                version = at;
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        closed = true;
        Call under = call;
        if (under != null) {
            under.cancel();
        }
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
