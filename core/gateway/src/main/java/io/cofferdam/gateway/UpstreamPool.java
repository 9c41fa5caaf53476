package io.cofferdam.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The idle connections to targets of one event loop; only used on it. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is seen
final class UpstreamPool {

    static final Duration CONNECT = Duration.ofSeconds(5);
    private static final long LONGEST_IDLE = Duration.ofSeconds(30).toNanos();
    private static final int MOST_IDLE = 128;

    private final EventLoop loop;
    private final Map<Target, Deque<Upstream>> idle = new HashMap<>();

    UpstreamPool(EventLoop loop) {
        this.loop = loop;
        loop.scheduleWithFixedDelay(this::closeOld, 10, 10, TimeUnit.SECONDS);
    }

    /** The connection that was used last, if that is not longer ago than this. */
    @Nullable
    Upstream take(Target target, long longestIdleNanos) {
        Deque<Upstream> connections = idle.get(target);
        Upstream found = connections == null ? null : connections.peekLast();
        if (connections == null
                || found == null
                || System.nanoTime() - found.idleSince > longestIdleNanos
                || !found.channel.isActive()) {
            return null;
        }
        connections.removeLast();
        return found;
    }

    ChannelFuture connect(Target target) {
        return connect(target.host, target.port);
    }

    private ChannelFuture connect(String host, int port) {
        return Sockets.options(new Bootstrap())
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) CONNECT.toMillis())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        // What is on it is known when it is there.
                    }
                })
                .connect(host, port);
    }

    void giveBack(Upstream upstream) {
        Deque<Upstream> connections = idle.computeIfAbsent(upstream.target, target -> new ArrayDeque<>());
        if (upstream.target.isGone() || connections.size() >= MOST_IDLE) {
            upstream.close();
        } else {
            connections.addLast(upstream);
        }
    }

    void forget(Upstream upstream) {
        Deque<Upstream> connections = idle.get(upstream.target);
        if (connections != null) {
            connections.remove(upstream);
            if (connections.isEmpty()) {
                idle.remove(upstream.target);
            }
        }
    }

    void drop(Target target) {
        Deque<Upstream> connections = idle.remove(target);
        if (connections != null) {
            List.copyOf(connections).forEach(Upstream::close);
        }
    }

    private void closeOld() {
        long now = System.nanoTime();
        for (Deque<Upstream> connections : List.copyOf(idle.values())) {
            for (Upstream upstream : List.copyOf(connections)) {
                if (now - upstream.idleSince > LONGEST_IDLE) {
                    upstream.close();
                }
            }
        }
    }
}
