package io.cofferdam.gateway;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;

/** The options of every socket: small buffers, and nothing is read that was not asked for. */
final class Sockets {

    private static final WriteBufferWaterMark MARKS = new WriteBufferWaterMark(32 * 1024, 64 * 1024);

    private Sockets() {}

    static Bootstrap options(Bootstrap bootstrap) {
        return bootstrap
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.TCP_NODELAY, true)
                .option(ChannelOption.SO_KEEPALIVE, true)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .option(ChannelOption.RECVBUF_ALLOCATOR, receive());
    }

    static ServerBootstrap childOptions(ServerBootstrap bootstrap) {
        return bootstrap
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childOption(ChannelOption.SO_KEEPALIVE, true)
                .childOption(ChannelOption.WRITE_BUFFER_WATER_MARK, MARKS)
                .childOption(ChannelOption.RECVBUF_ALLOCATOR, receive());
    }

    private static AdaptiveRecvByteBufAllocator receive() {
        return (AdaptiveRecvByteBufAllocator)
                new AdaptiveRecvByteBufAllocator(512, 4096, 32 * 1024).maxMessagesPerRead(2);
    }
}
