package io.cofferdam.gateway;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RoutePorts;
import io.cofferdam.traffic.TrafficRouter;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** The listeners of all projects. */
final class GatewayServer implements TrafficRouter {

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final int MOST_LOOPS = 4;

    private final Threads threads = Threads.named("cofferdam-gateway");
    private final EventLoopGroup loops;
    private final Map<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();
    private final Map<String, Map<String, UnderWay>> underWay = new ConcurrentHashMap<>();
    private final Consumer<Map<String, List<Route>>> store;

    private final ReentrantLock lock = new ReentrantLock();
    /** Guarded by the lock, as the next two are. */
    private final Map<String, List<Route>> routes = new TreeMap<>();
    /** Project to place to listener. */
    private final Map<String, Map<String, Listener>> listeners = new HashMap<>();

    private boolean closed;

    /** The store is told the routes of all projects before they come into force. */
    GatewayServer(Consumer<Map<String, List<Route>>> store) {
        this.store = store;
        int count = Math.max(1, Math.min(MOST_LOOPS, Runtime.getRuntime().availableProcessors()));
        loops = new MultiThreadIoEventLoopGroup(count, threads.factory("loop"), NioIoHandler.newFactory());
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public List<Route> apply(String project, List<Route> wanted) {
        RoutePorts.check(project, wanted);
        lock.lock();
        try {
            if (closed) {
                throw new ClosedException("could not route project '" + project + "': the gateway is closed");
            }
            Map<String, Listener> before = listeners.getOrDefault(project, Map.of());
            Map<String, Listener> opened = new HashMap<>();
            List<Route> after = new ArrayList<>();
            try {
                for (Route route : RoutePorts.keepPorts(wanted, routes.getOrDefault(project, List.of()))) {
                    Route bound = route;
                    if (!before.containsKey(RoutePorts.place(route))) {
                        Listener listener = open(project, route);
                        bound = listener.route();
                        opened.put(RoutePorts.place(bound), listener);
                    }
                    after.add(bound);
                }
                save(project, after);
            } catch (RuntimeException | Error e) {
                opened.values().forEach(this::close);
                throw e;
            }
            comeIntoForce(project, before, opened, after);
            return List.copyOf(after);
        } finally {
            lock.unlock();
        }
    }

    private void save(String project, List<Route> after) {
        Map<String, List<Route>> next = new TreeMap<>(routes);
        next.put(project, List.copyOf(after));
        next.values().removeIf(List::isEmpty);
        store.accept(next);
        routes.clear();
        routes.putAll(next);
    }

    private void comeIntoForce(
            String project, Map<String, Listener> before, Map<String, Listener> opened, List<Route> after) {
        Map<String, Listener> next = new HashMap<>();
        for (Route route : after) {
            String place = RoutePorts.place(route);
            Listener kept = before.get(place);
            if (kept != null) {
                drop(kept.become(route, id -> underWay(project, id)));
                next.put(place, kept);
            } else {
                next.put(place, java.util.Objects.requireNonNull(opened.get(place)));
            }
        }
        before.forEach((place, listener) -> {
            if (!next.containsKey(place)) {
                close(listener);
            }
        });
        if (next.isEmpty()) {
            listeners.remove(project);
        } else {
            listeners.put(project, next);
        }
        forgetIdle(project, after);
    }

    /** Routes that were in force once. A port that is taken now is tried again until it is free or not wanted any more. */
    void restore(Map<String, List<Route>> saved) {
        lock.lock();
        try {
            routes.putAll(saved);
            openMissing();
        } finally {
            lock.unlock();
        }
    }

    private void openMissing() {
        lock.lock();
        try {
            boolean missing = false;
            for (Map.Entry<String, List<Route>> project : routes.entrySet()) {
                Map<String, Listener> there = listeners.computeIfAbsent(project.getKey(), name -> new HashMap<>());
                for (Route route : project.getValue()) {
                    if (!there.containsKey(RoutePorts.place(route))) {
                        try {
                            there.put(RoutePorts.place(route), open(project.getKey(), route));
                        } catch (io.cofferdam.error.PortTakenException stillTaken) {
                            missing = true;
                        }
                    }
                }
            }
            if (missing && !closed) {
                threads.scheduler().schedule(RETRY, this::openMissing);
            }
        } finally {
            lock.unlock();
        }
    }

    private Listener open(String project, Route route) {
        Listener listener = new Listener(route);
        ChannelFuture binding = Sockets.childOptions(new ServerBootstrap())
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel client) {
                        listener.accept(client, pools.computeIfAbsent(client.eventLoop(), UpstreamPool::new));
                    }
                })
                .bind(route.address(), route.port())
                .awaitUninterruptibly();
        if (!binding.isSuccess()) {
            throw RoutePorts.taken(project, route, routes, binding.cause());
        }
        int port = ((InetSocketAddress) binding.channel().localAddress()).getPort();
        listener.listensOn(binding.channel());
        listener.become(route.withPort(port), id -> underWay(project, id));
        return listener;
    }

    private void close(Listener listener) {
        drop(listener.close());
    }

    private void drop(List<Target> targets) {
        pools.forEach((loop, pool) -> targets.forEach(target -> loop.execute(() -> pool.drop(target))));
    }

    private UnderWay underWay(String project, String target) {
        return underWay.computeIfAbsent(project, name -> new ConcurrentHashMap<>())
                .computeIfAbsent(target, id -> new UnderWay());
    }

    private void forgetIdle(String project, List<Route> after) {
        Set<String> used = new HashSet<>();
        after.forEach(route -> route.targets().forEach(target -> used.add(target.id())));
        Map<String, UnderWay> counts = underWay.get(project);
        if (counts != null) {
            counts.entrySet()
                    .removeIf(entry ->
                            !used.contains(entry.getKey()) && entry.getValue().isNone());
            if (counts.isEmpty()) {
                underWay.remove(project);
            }
        }
    }

    @Override
    public List<Route> routes(String project) {
        lock.lock();
        try {
            return routes.getOrDefault(project, List.of());
        } finally {
            lock.unlock();
        }
    }

    boolean isIdle() {
        lock.lock();
        try {
            return routes.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean awaitDrained(String project, String target, Duration timeout) {
        String what = "waiting until target '" + target + "' of project '" + project + "' is drained";
        if (Thread.currentThread().isInterrupted()) {
            throw new OperationInterruptedException(what + " was interrupted", null);
        }
        UnderWay count = underWay.getOrDefault(project, Map.of()).get(target);
        return count == null || count.awaitNone(Deadline.in(timeout).remainingNanos(), what);
    }

    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            listeners.values().forEach(ofProject -> ofProject.values().forEach(this::close));
            listeners.clear();
        } finally {
            lock.unlock();
        }
        loops.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(4, TimeUnit.SECONDS);
        threads.close();
    }
}
