package io.cofferdam.kubernetes;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Several streams over one connection, each of which is closed on one side alone: that is how API servers of all versions
 * let a command's input end. WebSockets can do that from Kubernetes 1.30 on only. This is the client's half of SPDY 3.1 as
 * API servers speak it: no flow control, and the headers of answers do not matter.
 */
final class Spdy implements AutoCloseable {

    private static final int CONTROL = 0x8003_0000;
    private static final int SYN_STREAM = 1;
    private static final int RST_STREAM = 3;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final int FIN = 0x01;
    private static final int PIECE = 32 * 1024;

    private final UpgradedSocket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final Deflater deflater = new Deflater();
    private final AtomicInteger nextId = new AtomicInteger(1);
    private final Map<Integer, Receiver> receivers = new ConcurrentHashMap<>();
    private final Map<Integer, Boolean> outputs = new ConcurrentHashMap<>();

    /** Takes what comes in on a stream, on the thread that reads the connection. */
    interface Receiver {
        void data(byte[] bytes, int length) throws IOException;

        /** The other side says no more. */
        void end() throws IOException;
    }

    /** A stream that was opened; written by one thread at a time. */
    final class Channel {
        private final int id;

        private Channel(int id) {
            this.id = id;
        }

        void write(byte[] bytes, int offset, int length) throws IOException {
            for (int at = 0; at < length; at += PIECE) {
                int piece = Math.min(PIECE, length - at);
                synchronized (out) {
                    header(id, 0, piece);
                    out.write(bytes, offset + at, piece);
                    out.flush();
                }
            }
        }

        /** Says that nothing more comes from this side. */
        void end() throws IOException {
            synchronized (out) {
                header(id, FIN, 0);
                out.flush();
            }
        }
    }

    Spdy(UpgradedSocket socket) {
        this.socket = socket;
        this.in = new DataInputStream(socket.input());
        this.out = socket.output();
        deflater.setDictionary(SpdyDictionary.bytes());
    }

    /** Opens a stream; headers are what the server tells streams apart by. */
    Channel open(Map<String, String> headers, Receiver receiver) throws IOException {
        synchronized (out) {
            int id = nextId.getAndAdd(2);
            receivers.put(id, receiver);
            String type = headers.getOrDefault("streamtype", "");
            if (!type.equals("stdin") && !type.equals("resize")) {
                outputs.put(id, true);
            }
            byte[] block = compressed(headers);
            number(CONTROL | SYN_STREAM);
            number(10 + block.length); // no flags
            number(id);
            number(0); // belongs to no other stream
            out.write(0); // priority
            out.write(0);
            out.write(block);
            out.flush();
            return new Channel(id);
        }
    }

    private byte[] compressed(Map<String, String> headers) {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        number(plain, headers.size());
        headers.forEach((name, value) -> {
            byte[] nameBytes = name.getBytes(StandardCharsets.US_ASCII);
            byte[] valueBytes = value.getBytes(StandardCharsets.US_ASCII);
            number(plain, nameBytes.length);
            plain.writeBytes(nameBytes);
            number(plain, valueBytes.length);
            plain.writeBytes(valueBytes);
        });
        deflater.setInput(plain.toByteArray());
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        byte[] buffer = new byte[1024];
        int count;
        do {
            count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH);
            block.write(buffer, 0, count);
        } while (count == buffer.length);
        return block.toByteArray();
    }

    private void number(int value) throws IOException {
        out.write(value >>> 24);
        out.write(value >>> 16);
        out.write(value >>> 8);
        out.write(value);
    }

    private static void number(ByteArrayOutputStream bytes, int value) {
        bytes.write(value >>> 24);
        bytes.write(value >>> 16);
        bytes.write(value >>> 8);
        bytes.write(value);
    }

    private void header(int id, int flags, int length) throws IOException {
        number(id);
        number(flags << 24 | length);
    }

    /**
     * Reads until the connection ends, or all streams on which the other side speaks have ended.
     *
     * @throws IOException if the connection breaks
     */
    void run() throws IOException {
        byte[] buffer = new byte[PIECE];
        while (!outputs.isEmpty()) {
            int first = in.read();
            if (first < 0) {
                return;
            }
            int word = first << 24 | in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int second = in.readInt();
            int flags = second >>> 24;
            int length = second & 0xFF_FFFF;
            if (word < 0) {
                if (!control(word & 0xFFFF, flags, length)) {
                    return;
                }
            } else {
                data(word, flags, length, buffer);
            }
        }
    }

    private void data(int id, int flags, int length, byte[] buffer) throws IOException {
        Receiver receiver = receivers.get(id);
        for (int left = length; left > 0; ) {
            int count = Math.min(left, buffer.length);
            in.readFully(buffer, 0, count);
            left -= count;
            if (receiver != null) {
                receiver.data(buffer, count);
            }
        }
        if ((flags & FIN) != 0) {
            end(id);
        }
    }

    /** Whether the conversation goes on. */
    private boolean control(int type, int flags, int length) throws IOException {
        if (type == PING && length == 4) {
            int ping = in.readInt();
            synchronized (out) {
                number(CONTROL | PING);
                number(4);
                number(ping);
                out.flush();
            }
            return true;
        }
        if (length >= 4) {
            int id = in.readInt() & Integer.MAX_VALUE;
            in.skipNBytes(length - 4L);
            if (type == RST_STREAM || (flags & FIN) != 0) {
                end(id);
            }
        } else {
            in.skipNBytes(length);
        }
        return type != GOAWAY;
    }

    private void end(int id) throws IOException {
        outputs.remove(id);
        Receiver receiver = receivers.remove(id);
        if (receiver != null) {
            receiver.end();
        }
    }

    /** Cuts the connection; whoever reads or writes fails. */
    @Override
    public void close() {
        socket.close();
        synchronized (deflater) {
            deflater.end();
        }
    }

    @Nullable
    String protocol() {
        return socket.header("X-Stream-Protocol-Version");
    }
}
