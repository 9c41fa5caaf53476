package io.cofferdam.docker;

import io.cofferdam.driver.LogSink;
import io.cofferdam.environment.LogLine;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/**
 * Takes apart the stream in which the engine sends both outputs of a process: frames of eight bytes of head (the stream's
 * number, three zeros, the length) and content. Each frame is told where it begins, since that is where time stamps are.
 */
final class Frames {

    private static final int HEAD = 8;

    private Frames() {}

    /** Takes the content of frames, in pieces. */
    interface Sink {
        /**
         * Takes a piece.
         *
         * @param first whether a frame begins with it
         */
        void accept(LogLine.Stream stream, boolean first, byte[] bytes, int offset, int length) throws IOException;

        /** A sink that does not care where frames begin. */
        static Sink of(LogSink sink) {
            return (stream, first, bytes, offset, length) -> sink.accept(stream, bytes, offset, length);
        }
    }

    /** Reads frames to the end of the stream. */
    static void read(InputStream in, Sink sink) throws IOException {
        byte[] buffer = new byte[32 * 1024];
        while (true) {
            int got = in.readNBytes(buffer, 0, HEAD);
            if (got == 0) {
                return;
            }
            if (got < HEAD) {
                throw new EOFException("the stream ended in the middle of a frame");
            }
            LogLine.Stream stream = stream(buffer);
            long left =
                    (buffer[4] & 0xFFL) << 24 | (buffer[5] & 0xFF) << 16 | (buffer[6] & 0xFF) << 8 | (buffer[7] & 0xFF);
            boolean first = true;
            while (left > 0) {
                int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
                if (count < 0) {
                    throw new EOFException("the stream ended in the middle of a frame");
                }
                sink.accept(stream, first, buffer, 0, count);
                first = false;
                left -= count;
            }
        }
    }

    /** Reads a stream without frames, as containers with a terminal have it; all of it is standard output. */
    static void readUnframed(InputStream in, Sink sink) throws IOException {
        byte[] buffer = new byte[32 * 1024];
        boolean first = true;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            sink.accept(LogLine.Stream.STDOUT, first, buffer, 0, count);
            first = false;
        }
    }

    private static LogLine.Stream stream(byte[] head) throws IOException {
        if (head[1] != 0 || head[2] != 0 || head[3] != 0) {
            throw new IOException("the stream has no frames");
        }
        return switch (head[0]) {
            case 0, 1 -> LogLine.Stream.STDOUT;
            case 2, 3 -> LogLine.Stream.STDERR;
            default -> throw new IOException("the stream has a frame of an unknown kind");
        };
    }
}
