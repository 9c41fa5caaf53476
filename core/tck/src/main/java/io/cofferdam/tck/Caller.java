package io.cofferdam.tck;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client of a router that keeps its connection and shows what it gets, byte by byte. */
final class Caller implements AutoCloseable {

    /** An answer with all of its body. */
    record Reply(int status, String head, String body) {}

    final Socket socket;
    final InputStream in;
    final OutputStream out;

    Caller(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream());
        out = socket.getOutputStream();
    }

    Reply get(String path) throws IOException {
        return request("GET", path, "", "");
    }

    Reply request(String method, String path, String fields, String body) throws IOException {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        send(method + " " + path + " HTTP/1.1\r\nHost: shop.example\r\n" + length + fields + "\r\n" + body);
        return reply(method);
    }

    void send(String text) throws IOException {
        SpeakingTarget.send(out, text);
    }

    Reply reply(String method) throws IOException {
        String head = SpeakingTarget.head(in);
        int status = Integer.parseInt(head.substring(9, 12));
        if (method.equals("HEAD") || status < 200) {
            return new Reply(status, head, "");
        }
        byte[] body = SpeakingTarget.field(head, "Transfer-Encoding").equalsIgnoreCase("chunked")
                ? chunks()
                : SpeakingTarget.field(head, "Content-Length").isEmpty()
                        ? in.readAllBytes()
                        : in.readNBytes(Integer.parseInt(SpeakingTarget.field(head, "Content-Length")));
        return new Reply(status, head, new String(body, StandardCharsets.US_ASCII));
    }

    private byte[] chunks() throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int size = size(); size > 0; size = size()) {
            body.write(in.readNBytes(size));
            in.readNBytes(2);
        }
        in.readNBytes(2);
        return body.toByteArray();
    }

    private int size() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            line.append((char) b);
        }
        return Integer.parseInt(line.toString().strip(), 16);
    }

    static Reply getOnce(int port, String path) throws IOException {
        try (Caller caller = new Caller(port)) {
            return caller.get(path);
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
