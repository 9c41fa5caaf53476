package io.cofferdam.docker;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** One HTTP/1.1 connection (RFC 9112): as much of it as engines speak. Used by one thread at a time. */
final class HttpConnection {

    private static final int MAX_HEAD = 64 * 1024;

    private final EngineSocket socket;
    private final InputStream in;
    private final OutputStream out;
    private final String host;
    private boolean keptAlive = true;
    private HttpBody body = HttpBody.none();

    HttpConnection(EngineSocket connected, EngineAddress address) {
        this.socket = connected;
        this.in = new BufferedInputStream(connected.input(), 16 * 1024);
        this.out = connected.output();
        this.host =
                address.kind() == EngineAddress.Kind.TCP ? address.toString().substring("tcp://".length()) : "docker";
    }

    EngineSocket socket() {
        return socket;
    }

    /** What the engine sends after the reply to a request that turned the connection over to both sides. */
    InputStream input() {
        return in;
    }

    /** Whether the reply was read to its end and the engine keeps the connection open. */
    boolean isReusable() {
        return keptAlive && body.isDrained();
    }

    /** Sends a request and reads the head of its reply; the content follows as the caller reads it. */
    HttpReply exchange(HttpRequest request, String path) throws IOException {
        try {
            send(request, path);
        } catch (IOException broken) {
            // An engine that refuses an upload says so before the upload is over, and closes.
            keptAlive = false;
            if (!(request.body() instanceof HttpRequest.Written)
                    || Thread.currentThread().isInterrupted()) {
                throw broken;
            }
            try {
                return receive(request);
            } catch (IOException nothingToRead) {
                broken.addSuppressed(nothingToRead);
                throw broken;
            }
        }
        return receive(request);
    }

    private void send(HttpRequest request, String path) throws IOException {
        StringBuilder head = new StringBuilder(256);
        head.append(request.method())
                .append(' ')
                .append(path)
                .append(" HTTP/1.1\r\nHost: ")
                .append(host)
                .append("\r\n");
        head.append("User-Agent: cofferdam\r\nAccept: */*\r\n");
        request.headers()
                .forEach((name, value) -> head.append(name)
                        .append(": ")
                        .append(value.replaceAll("[\\r\\n]", " "))
                        .append("\r\n"));
        if (request.body() instanceof HttpRequest.Written written) {
            head.append("Transfer-Encoding: chunked\r\n\r\n");
            out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
            ChunkedOutput chunks = new ChunkedOutput(out);
            BufferedOutputStream buffered = new BufferedOutputStream(chunks, 32 * 1024);
            written.writer().writeTo(buffered);
            buffered.flush();
            chunks.end();
            return;
        }
        byte[] content = request.body() instanceof HttpRequest.Bytes given ? given.bytes() : new byte[0];
        if (content.length > 0 || !request.method().matches("GET|HEAD|DELETE")) {
            head.append("Content-Length: ").append(content.length).append("\r\n");
        }
        byte[] start = head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[start.length + content.length];
        System.arraycopy(start, 0, all, 0, start.length);
        System.arraycopy(content, 0, all, start.length, content.length);
        out.write(all);
    }

    private HttpReply receive(HttpRequest request) throws IOException {
        int status;
        Map<String, String> headers;
        do {
            status = status(line());
            headers = headers();
        } while (status >= 100 && status < 200 && status != 101);
        String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
        keptAlive &= status != 101 && !connection.contains("close");
        body = body(request, status, headers);
        return new HttpReply(status, headers, body);
    }

    private HttpBody body(HttpRequest request, int status, Map<String, String> headers) throws IOException {
        if (status == 101) {
            return HttpBody.untilClosed(in);
        }
        if (request.method().equals("HEAD") || status == 204 || status == 304) {
            return HttpBody.none();
        }
        if (headers.getOrDefault("transfer-encoding", "")
                .toLowerCase(Locale.ROOT)
                .contains("chunked")) {
            return HttpBody.chunked(in);
        }
        String length = headers.get("content-length");
        if (length == null) {
            keptAlive = false;
            return HttpBody.untilClosed(in);
        }
        try {
            return HttpBody.ofLength(in, Long.parseLong(length.strip()));
        } catch (NumberFormatException wrong) {
            throw new IOException("the length of the answer is no number", wrong);
        }
    }

    private static int status(String line) throws IOException {
        // HTTP/1.1 200 OK
        if (!line.matches("HTTP/1\\.[01] \\d{3}(?: .*)?")) {
            throw new ProtocolException("the answer is no HTTP");
        }
        return Integer.parseInt(line.substring(9, 12));
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        int size = 0;
        for (String line = line(); !line.isEmpty(); line = line()) {
            size += line.length();
            int colon = line.indexOf(':');
            if (colon < 1 || size > MAX_HEAD) {
                throw new ProtocolException("the answer's head is no HTTP");
            }
            headers.put(
                    line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return headers;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(64);
        for (int value = in.read(); value != '\n'; value = in.read()) {
            if (value < 0) {
                throw new EOFException("the engine closed the connection");
            }
            if (line.length() > MAX_HEAD) {
                throw new ProtocolException("the answer is no HTTP");
            }
            line.append((char) value);
        }
        int length = line.length();
        return length > 0 && line.charAt(length - 1) == '\r' ? line.substring(0, length - 1) : line.toString();
    }

    /** The other side does not speak HTTP. */
    static final class ProtocolException extends IOException {
        private static final long serialVersionUID = 1L;

        ProtocolException(String message) {
            super(message);
        }
    }

    /** Cuts what is written into chunks. */
    private static final class ChunkedOutput extends OutputStream {
        private final OutputStream out;

        ChunkedOutput(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[] {(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0) {
                out.write((Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
                out.write(bytes, offset, length);
                out.write(new byte[] {'\r', '\n'});
            }
        }

        void end() throws IOException {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
        }
    }
}
