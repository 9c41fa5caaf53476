package io.cofferdam.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/** A connection to a target, with an exchange or idle in the pool. */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is seen
final class Upstream extends ChannelInboundHandlerAdapter {

    final Target target;
    final Channel channel;
    private final UpstreamPool pool;
    private @Nullable Exchange exchange;
    /** Whether it has had an exchange before, so that it may have been closed by the target unseen. */
    boolean reused;

    long idleSince;
    /** Whether anything at all arrived since the exchange began. */
    boolean answered;

    Upstream(Channel channel, Target target, UpstreamPool pool) {
        this.channel = channel;
        this.target = target;
        this.pool = pool;
        channel.pipeline().addLast("seen", new ChannelInboundHandlerAdapter() {
            @Override
            public void channelRead(ChannelHandlerContext context, Object message) {
                answered = true;
                context.fireChannelRead(message);
            }
        });
        channel.pipeline().addLast("http", Codecs.toTargets());
        channel.pipeline().addLast("upstream", this);
    }

    void begin(Exchange next) {
        exchange = next;
        answered = false;
        channel.read();
    }

    /** The exchange is over and all of it was well. */
    void release() {
        exchange = null;
        reused = true;
        idleSince = System.nanoTime();
        channel.read(); // so that its end is seen
        pool.giveBack(this);
    }

    void close() {
        exchange = null;
        channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        Exchange current = exchange;
        if (current == null) {
            ReferenceCountUtil.release(message);
            close(); // nobody asked
        } else {
            current.answer(message);
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        Exchange current = exchange;
        if (current != null) {
            current.answerPaused();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        Exchange current = exchange;
        if (current != null && channel.isWritable()) {
            current.requestMayGoOn();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        pool.forget(this);
        Exchange current = exchange;
        exchange = null;
        if (current != null) {
            current.targetWent();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
        context.close();
    }
}
