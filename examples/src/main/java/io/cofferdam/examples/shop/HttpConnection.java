package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.HttpHandler.Answer;
import io.cofferdam.examples.shop.HttpHandler.Request;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** One connection: requests one after the other, until either side has enough. */
final class HttpConnection {

    private static final int LONGEST_LINE = 16 * 1024;
    private static final int LARGEST_BODY = 1024 * 1024;

    private final Socket socket;
    private final HttpHandler handler;
    private final BooleanSupplier isLast;
    private boolean isIdle = true;

    HttpConnection(Socket socket, HttpHandler handler, BooleanSupplier isLast) {
        this.socket = socket;
        this.handler = handler;
        this.isLast = isLast;
    }

    void serve() {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (awaitRequest(in) && exchange(in, socket.getOutputStream())) {
                idle(true);
            }
        } catch (IOException over) {
            // The other side has gone, or it was closed here while it was idle: nobody to tell.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes it unless a request is under way, or has arrived and waits to be read. */
    synchronized void closeIfIdle() {
        try {
            if (isIdle && socket.getInputStream().available() == 0) {
                socket.close();
            }
        } catch (IOException closed) {
            // That is what was wanted.
        }
    }

    private synchronized void idle(boolean value) {
        isIdle = value;
    }

    private boolean awaitRequest(InputStream in) throws IOException {
        in.mark(1);
        boolean isThere = in.read() >= 0;
        idle(false);
        in.reset();
        return isThere;
    }

    /** Answers one request; tells whether another one may follow. */
    private boolean exchange(InputStream in, OutputStream out) throws IOException, InterruptedException {
        String[] first = line(in).split(" ", -1);
        Map<String, String> headers = headers(in);
        if (first.length != 3 || headers.containsKey("transfer-encoding")) {
            write(out, Answer.text(first.length == 3 ? 411 : 400, "a request with a length is expected"), true, false);
            return false;
        }
        int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
        if (length < 0 || length > LARGEST_BODY) {
            write(out, Answer.text(413, "at most 1 MiB is taken"), true, false);
            return false;
        }
        byte[] body = in.readNBytes(length);
        if (body.length < length) {
            return false;
        }
        String[] target = first[1].split("\\?", 2);
        Answer answer = answer(new Request(
                first[0],
                target[0],
                query(target.length > 1 ? target[1] : ""),
                new String(body, StandardCharsets.UTF_8)));
        boolean close = isLast.getAsBoolean()
                || first[2].equals("HTTP/1.0")
                || headers.getOrDefault("connection", "").equalsIgnoreCase("close");
        write(out, answer, close, first[0].equals("HEAD"));
        return !close;
    }

    private Answer answer(Request request) throws InterruptedException {
        try {
            return handler.answer(request);
        } catch (IOException failed) {
            return Answer.text(502, String.valueOf(failed.getMessage()));
        } catch (IllegalArgumentException wrong) {
            return Answer.text(400, String.valueOf(wrong.getMessage()));
        }
    }

    private static void write(OutputStream out, Answer answer, boolean close, boolean headOnly) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        byte[] head = ("HTTP/1.1 " + answer.status() + " Shop\r\nContent-Type: " + answer.type()
                        + "\r\nContent-Length: " + body.length + "\r\n" + (close ? "Connection: close\r\n" : "")
                        + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = new byte[head.length + (headOnly ? 0 : body.length)];
        System.arraycopy(head, 0, all, 0, head.length);
        if (!headOnly) {
            System.arraycopy(body, 0, all, head.length, body.length);
        }
        // In one piece, so that an answer is there as a whole or not at all.
        out.write(all);
        out.flush();
    }

    private static Map<String, String> headers(InputStream in) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).strip());
            }
        }
        return headers;
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0 || line.length() > LONGEST_LINE) {
                throw new EOFException("the request ended too early, or is too long");
            }
            if (c != '\r') {
                line.append((char) c);
            }
        }
        return line.toString();
    }

    private static Map<String, String> query(String text) {
        Map<String, String> query = new LinkedHashMap<>();
        for (String pair : text.split("&", -1)) {
            String[] parts = pair.split("=", 2);
            query.put(
                    URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
                    parts.length > 1 ? URLDecoder.decode(parts[1], StandardCharsets.UTF_8) : "");
        }
        return query;
    }
}
