package io.cofferdam.gateway;

import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteProtocol;
import io.netty.channel.Channel;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One address on which clients arrive, and the choice of the target for each of them. */
final class Listener {

    private final ReentrantLock lock = new ReentrantLock();
    private final Balancer balancer = new Balancer();
    private final Set<HttpFront> clients = ConcurrentHashMap.newKeySet();
    private volatile Route route;
    private volatile @Nullable Channel server;
    private volatile boolean closed;

    Listener(Route route) {
        this.route = route;
    }

    void listensOn(Channel channel) {
        server = channel;
    }

    Route route() {
        return route;
    }

    boolean isClosed() {
        return closed;
    }

    /** Goes by this route from now on. Returns the targets that went. */
    List<Target> become(Route next, Function<String, UnderWay> underWay) {
        lock.lock();
        try {
            route = next;
            return balancer.become(next.targets(), underWay);
        } finally {
            lock.unlock();
        }
    }

    /**
     * The target of the next request or connection, which counts as under way from now on: there is no moment between
     * the choice and the count in which the target could be taken for drained.
     */
    @Nullable
    Target take(Set<Target> tried) {
        lock.lock();
        try {
            Target target = balancer.next(tried, System.nanoTime());
            if (target != null) {
                target.underWay.enter();
            }
            return target;
        } finally {
            lock.unlock();
        }
    }

    /** Puts what a new connection needs on it. */
    void accept(Channel client, UpstreamPool pool) {
        if (route.protocol() == RouteProtocol.TCP) {
            client.pipeline().addLast("front", new TcpFront(this, pool));
        } else {
            Codecs.Responses responses = new Codecs.Responses();
            client.pipeline().addLast("decoder", new Codecs.Requests());
            client.pipeline().addLast("encoder", responses);
            client.pipeline().addLast("front", new HttpFront(this, pool, responses));
        }
    }

    void arrived(HttpFront client) {
        clients.add(client);
        if (closed) {
            client.closeWhenIdle();
        }
    }

    void went(HttpFront client) {
        clients.remove(client);
    }

    /** Frees the port. Requests under way are answered, idle connections closed; connections of TCP go on. */
    List<Target> close() {
        closed = true;
        Channel channel = server;
        if (channel != null) {
            channel.close().awaitUninterruptibly();
            // The system's socket is closed by the selector, in its next round; what is scheduled runs after one.
            channel.eventLoop().schedule(() -> {}, 1, TimeUnit.MILLISECONDS).awaitUninterruptibly();
        }
        List<Target> left = become(route.withTargets(List.of()), id -> new UnderWay());
        clients.forEach(HttpFront::closeWhenIdle);
        return left;
    }
}
