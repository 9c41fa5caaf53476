package io.cofferdam.process;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.Watch;
import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that something in a directory changed. One notification service of the system serves all directories, since a
 * user may have only a few (128 on Linux). Where none is to be had the listeners are simply called every now and then;
 * the JDK's own service does the same on macOS, only more slowly. So listeners look for themselves what is new.
 */
final class DirectoryWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);
    private static final WatchEvent.Kind<?>[] KINDS = {
        StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY, StandardWatchEventKinds.ENTRY_DELETE
    };
    private static final long WITHOUT_SERVICE_MILLIS = 50;

    private final Threads threads;
    private final Host host;
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Path, Place> places = new HashMap<>();
    private final Map<WatchKey, Place> keys = new ConcurrentHashMap<>();
    private @Nullable WatchService service;
    private boolean started;
    private boolean closed;

    /** Called when something changed. Called from one thread; must not block. */
    @FunctionalInterface
    interface Listener {
        /**
         * Something changed.
         *
         * @param name the name of what changed in the directory; empty if it may be anything
         */
        void changed(String name);
    }

    private static final class Place {
        final Set<Listener> listeners = ConcurrentHashMap.newKeySet();

        @Nullable
        WatchKey key;
    }

    DirectoryWatch(Threads threads, Host host) {
        this.threads = threads;
        this.host = host;
    }

    /**
     * Begins to listen. Whatever changes after the return is told.
     *
     * @param directory an existing directory
     */
    Watch on(Path directory, Listener listener) throws IOException {
        lock.lock();
        try {
            if (closed) {
                return () -> {};
            }
            begin();
            Place place = places.computeIfAbsent(directory, path -> new Place());
            if (place.key == null || !place.key.isValid()) {
                register(directory, place);
            }
            place.listeners.add(listener);
            return () -> forget(directory, place, listener);
        } finally {
            lock.unlock();
        }
    }

    private void register(Path directory, Place place) throws IOException {
        WatchService notifications = service;
        if (notifications != null) {
            try {
                WatchKey key = directory.register(notifications, KINDS);
                place.key = key;
                keys.put(key, place);
            } catch (IOException e) {
                if (place.listeners.isEmpty()) {
                    places.remove(directory, place);
                }
                throw e;
            }
        }
    }

    private void forget(Path directory, Place place, Listener listener) {
        lock.lock();
        try {
            place.listeners.remove(listener);
            if (place.listeners.isEmpty() && places.remove(directory, place) && place.key != null) {
                keys.remove(place.key);
                place.key.cancel();
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin() {
        if (started) {
            return;
        }
        started = true;
        try {
            // The JDK's service for macOS looks every ten seconds, which is too seldom to be of use.
            service = host == Host.UNIX ? null : FileSystems.getDefault().newWatchService();
        } catch (IOException limitReached) {
            LOG.warn(
                    "the system gives no further change notifications ({}); looking for changes every {} ms instead",
                    limitReached.getMessage(),
                    WITHOUT_SERVICE_MILLIS);
        }
        WatchService notifications = service;
        threads.start("directory-watch", notifications == null ? this::look : () -> listen(notifications));
    }

    private void listen(WatchService notifications) {
        try {
            while (true) {
                WatchKey key = notifications.take();
                Place place = keys.get(key);
                for (WatchEvent<?> event : key.pollEvents()) {
                    String name = event.context() instanceof Path path ? path.toString() : "";
                    if (place != null) {
                        place.listeners.forEach(listener -> listener.changed(name));
                    }
                }
                key.reset();
            }
        } catch (InterruptedException | ClosedWatchServiceException end) {
            LOG.trace("directory watch ended", end);
        }
    }

    private void look() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(WITHOUT_SERVICE_MILLIS);
                allPlaces().forEach(place -> place.listeners.forEach(listener -> listener.changed("")));
            }
        } catch (InterruptedException end) {
            LOG.trace("directory watch ended", end);
        }
    }

    private Set<Place> allPlaces() {
        lock.lock();
        try {
            return Set.copyOf(places.values());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            places.clear();
            keys.clear();
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            throw Failures.of("ending the directory watch", e);
        } finally {
            lock.unlock();
        }
    }
}
