package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.ImageEvent;
import io.cofferdam.resource.LayerProgress;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.RegistryCredentials;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Lets callers who want the same image at the same time wait for one pull, which ends when none of them waits any more. */
final class SharedPulls {

    private final EngineSession session;
    private final Map<Key, Flight> flights = new HashMap<>();

    /** What makes two pulls the same. */
    private record Key(String reference, Optional<String> platform, Optional<RegistryCredentials> credentials) {}

    /** A pull under way. */
    private static final class Flight {
        final CompletableFuture<Image> result = new CompletableFuture<>();
        final List<Relay<LayerProgress>> listeners = new CopyOnWriteArrayList<>();

        /** How many wait for it; guarded by the map's owner. */
        int waiting;

        @Nullable
        Thread thread;
    }

    SharedPulls(EngineSession session) {
        this.session = session;
    }

    Image pull(PullSpec spec) {
        String what = "pulling image '" + spec.reference() + "' (" + session.engine() + ")";
        Key key = new Key(spec.reference(), spec.platform(), spec.credentials());
        Deadline deadline = session.transferDeadline();
        try (Relay<LayerProgress> relay =
                Relay.to(spec.progress(), session.threads, "progress of " + spec.reference())) {
            Flight flight = join(key, spec, relay);
            try {
                Image image = Bounded.await(flight.result, deadline, what);
                relay.succeeded();
                return image;
            } catch (ExecutionException failed) {
                if (failed.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                throw new CofferdamException(what + " failed: " + failed.getCause(), failed.getCause());
            } finally {
                leave(key, flight, relay);
            }
        } catch (IllegalStateException | RejectedExecutionException closed) {
            throw new ClosedException(what + " failed: the engine was closed", closed);
        }
    }

    private synchronized Flight join(Key key, PullSpec spec, Relay<LayerProgress> relay) {
        Flight flight = flights.get(key);
        if (flight != null) {
            flight.listeners.add(relay);
            flight.waiting++;
            return flight;
        }
        Flight begun = new Flight();
        // Listening before it begins: the first things told are for its first caller, too.
        begun.listeners.add(relay);
        begun.waiting = 1;
        begun.thread = session.threads.start("pull of " + spec.reference(), () -> fly(key, spec, begun));
        flights.put(key, begun);
        return begun;
    }

    private synchronized void leave(Key key, Flight flight, Relay<LayerProgress> relay) {
        flight.listeners.remove(relay);
        flight.waiting--;
        if (flight.waiting == 0 && !flight.result.isDone() && flight.thread != null) {
            flights.remove(key, flight);
            flight.thread.interrupt();
        }
    }

    private void fly(Key key, PullSpec spec, Flight flight) {
        try {
            Image image = session.driver.images().pull(spec.onProgress(progress -> tell(flight, progress)));
            session.bus.publish(new ImageEvent.Pulled(session.clock.instant(), spec.reference(), image.id()));
            end(key, flight);
            flight.result.complete(image);
        } catch (Throwable failed) {
            String reason = failed instanceof CofferdamException ? String.valueOf(failed.getMessage()) : "" + failed;
            session.bus.publish(new ImageEvent.PullFailed(session.clock.instant(), spec.reference(), reason));
            end(key, flight);
            flight.result.completeExceptionally(failed);
        }
    }

    private void tell(Flight flight, LayerProgress progress) {
        session.bus.publish(new ImageEvent.LayerProgressed(session.clock.instant(), progress.image(), progress));
        flight.listeners.forEach(listener -> listener.accept(progress));
    }

    /** Whoever comes from now on begins anew: this one's image may be an older one than that caller wants. */
    private synchronized void end(Key key, Flight flight) {
        flights.remove(key, flight);
    }
}
