package io.cofferdam.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;

/** The content of a reply, which ends where the reply says so; what is cut off earlier is an {@link EOFException}. */
final class HttpBody extends InputStream {

    private enum Form {
        LENGTH,
        CHUNKS,
        UNTIL_CLOSED
    }

    private final InputStream in;
    private final Form form;

    /** Bytes left: of the content, or of the chunk. */
    private long left;

    private boolean firstChunk = true;
    private boolean ended;

    private HttpBody(InputStream in, Form form, long left) {
        this.in = in;
        this.form = form;
        this.left = left;
        this.ended = form == Form.LENGTH && left == 0;
    }

    static HttpBody none() {
        return new HttpBody(InputStream.nullInputStream(), Form.LENGTH, 0);
    }

    static HttpBody ofLength(InputStream in, long length) {
        return new HttpBody(in, Form.LENGTH, length);
    }

    static HttpBody chunked(InputStream in) {
        return new HttpBody(in, Form.CHUNKS, 0);
    }

    static HttpBody untilClosed(InputStream in) {
        return new HttpBody(in, Form.UNTIL_CLOSED, 0);
    }

    boolean isDrained() {
        return ended;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (ended) {
            return -1;
        }
        if (length == 0) {
            return 0;
        }
        if (form == Form.UNTIL_CLOSED) {
            int count = in.read(bytes, offset, length);
            ended = count < 0;
            return count;
        }
        if (left == 0 && !nextChunk()) {
            return -1;
        }
        int count = in.read(bytes, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the engine closed the connection in the middle of an answer");
        }
        left -= count;
        if (left == 0 && form == Form.LENGTH) {
            ended = true;
        }
        return count;
    }

    private boolean nextChunk() throws IOException {
        if (!firstChunk) {
            line();
        }
        firstChunk = false;
        String size = line();
        int end = size.indexOf(';');
        try {
            left = Long.parseLong((end < 0 ? size : size.substring(0, end)).strip(), 16);
        } catch (NumberFormatException wrong) {
            throw new IOException("the size of a chunk is no number", wrong);
        }
        if (left < 0) {
            throw new IOException("the size of a chunk is negative");
        }
        if (left == 0) {
            String trailer;
            do {
                trailer = line(); // says nothing that is needed
            } while (!trailer.isEmpty());
            ended = true;
        }
        return left > 0;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(16);
        for (int value = in.read(); value != '\n'; value = in.read()) {
            if (value < 0) {
                throw new EOFException("the engine closed the connection in the middle of an answer");
            }
            if (line.length() > 8192) {
                throw new IOException("a chunk has no size");
            }
            if (value != '\r') {
                line.append((char) value);
            }
        }
        return line.toString();
    }
}
