package io.cofferdam.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;

/**
 * One direction of a connection whose bytes nobody looks at. The end of one direction is handed on as the end of that
 * direction; both channels are closed when both directions have ended or one channel broke.
 */
@SuppressWarnings("FutureReturnValueIgnored") // a write that fails closes its channel, which is seen
final class Relay extends ChannelInboundHandlerAdapter {

    private final Channel peer;
    private boolean ended;

    private Relay(Channel peer) {
        this.peer = peer;
    }

    /** Connects two channels of one event loop whose pipelines end where the relays are to be. */
    static void between(Channel one, Channel other) {
        for (Channel channel : new Channel[] {one, other}) {
            channel.config().setOption(ChannelOption.ALLOW_HALF_CLOSURE, true);
        }
        one.pipeline().addLast("relay", new Relay(other));
        other.pipeline().addLast("relay", new Relay(one));
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf) {
            peer.write(message);
        } else {
            ReferenceCountUtil.release(message); // the empty end of the response that began this
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        peer.flush();
        if (peer.isWritable()) {
            context.read();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (context.channel().isWritable()) {
            peer.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof ChannelInputShutdownEvent) || ended) {
            return;
        }
        ended = true;
        Relay opposite = (Relay) peer.pipeline().get("relay");
        boolean both = opposite == null || opposite.ended;
        peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(flushed -> {
            if (both) {
                peer.close();
                context.close();
            } else {
                ((DuplexChannel) peer).shutdownOutput();
            }
        });
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (peer.isActive()) {
            peer.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable broken) {
        context.close();
    }
}
