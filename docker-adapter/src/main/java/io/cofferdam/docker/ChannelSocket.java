package io.cofferdam.docker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/**
 * A plain connection over a unix domain socket or TCP. The streams of {@link java.nio.channels.Channels} share one lock
 * for both directions, so that a reader keeps a writer waiting; these do not.
 */
final class ChannelSocket implements EngineSocket {

    /** The runtime keeps a direct buffer as large as the largest piece for each thread. */
    private static final int PIECE = 64 * 1024;

    private final SocketChannel channel;
    private final Target target;

    /** Resolving a name takes time, so it is part of connecting. */
    private interface Target {
        SocketAddress resolve() throws IOException;
    }

    private ChannelSocket(SocketChannel channel, Target target) {
        this.channel = channel;
        this.target = target;
    }

    static ChannelSocket unix(String path) throws IOException {
        return new ChannelSocket(
                SocketChannel.open(StandardProtocolFamily.UNIX), () -> UnixDomainSocketAddress.of(path));
    }

    static ChannelSocket tcp(String host, int port) throws IOException {
        SocketChannel channel = SocketChannel.open();
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
        return new ChannelSocket(channel, () -> {
            InetSocketAddress address = new InetSocketAddress(host, port);
            if (address.isUnresolved()) {
                throw new UnknownHostException(host);
            }
            return address;
        });
    }

    @Override
    public void connect() throws IOException {
        channel.connect(target.resolve());
    }

    @Override
    public InputStream input() {
        return new ChannelInput();
    }

    @Override
    public OutputStream output() {
        return new ChannelOutput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        channel.shutdownOutput();
    }

    @Override
    public boolean isStale() {
        try {
            channel.configureBlocking(false);
            try {
                return channel.read(ByteBuffer.allocate(1)) != 0;
            } finally {
                channel.configureBlocking(true);
            }
        } catch (IOException broken) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private final class ChannelInput extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            return length == 0 ? 0 : channel.read(ByteBuffer.wrap(bytes, offset, Math.min(length, PIECE)));
        }
    }

    private final class ChannelOutput extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            int end = offset + length;
            for (int from = offset; from < end; from += PIECE) {
                ByteBuffer piece = ByteBuffer.wrap(bytes, from, Math.min(PIECE, end - from));
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
        }
    }
}
