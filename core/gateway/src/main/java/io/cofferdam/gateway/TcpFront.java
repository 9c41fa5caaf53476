package io.cofferdam.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.HashSet;
import java.util.Set;

/** A client of a TCP route until it is connected to a target. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is seen
final class TcpFront extends ChannelInboundHandlerAdapter {

    private final Listener listener;
    private final UpstreamPool pool;
    private final Set<Target> tried = new HashSet<>();

    TcpFront(Listener listener, UpstreamPool pool) {
        this.listener = listener;
        this.pool = pool;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        tryNext(context);
    }

    private void tryNext(ChannelHandlerContext context) {
        Target target = listener.take(tried);
        if (target == null) {
            context.close();
            return;
        }
        ChannelFuture connecting = pool.connect(target);
        connecting.addListener(done -> {
            if (done.isSuccess()) {
                connected(context, connecting.channel(), target);
            } else {
                target.underWay.leave();
                target.refused();
                tried.add(target);
                if (context.channel().isActive()) {
                    tryNext(context);
                }
            }
        });
    }

    private static void connected(ChannelHandlerContext context, Channel upstream, Target target) {
        upstream.closeFuture().addListener(closed -> target.underWay.leave());
        if (!context.channel().isActive()) {
            upstream.close();
            return;
        }
        Relay.between(context.channel(), upstream);
        context.pipeline().remove("front");
        context.channel().read();
        upstream.read();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
        context.close();
    }
}
