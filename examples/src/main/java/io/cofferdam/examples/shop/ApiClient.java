package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.HttpHandler.Answer;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** Asks an instance of {@code api}, each time over a connection of its own, since instances come and go. */
final class ApiClient {

    private final Names names;
    private final int port;

    ApiClient(Names names, int port) {
        this.names = names;
        this.port = port;
    }

    /** What may be repeated is asked a second time, if the instance went away in the middle. */
    Answer get(String path) throws IOException {
        try {
            return ask("GET", path, "");
        } catch (IOException goneAway) {
            return ask("GET", path, "");
        }
    }

    Answer post(String path, String body) throws IOException {
        return ask("POST", path, body);
    }

    private Answer ask(String method, String path, String body) throws IOException {
        byte[] content = body.getBytes(StandardCharsets.UTF_8);
        try (Socket socket = names.connect("api", port)) {
            socket.getOutputStream()
                    .write((method + " " + path + " HTTP/1.1\r\nHost: api\r\nConnection: close\r\nContent-Length: "
                                    + content.length + "\r\n\r\n" + body)
                            .getBytes(StandardCharsets.UTF_8));
            return read(socket.getInputStream());
        }
    }

    /** Our own services close the connection after the answer. */
    private static Answer read(InputStream in) throws IOException {
        String all = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        int end = all.indexOf("\r\n\r\n");
        if (end < 0) {
            throw new IOException("api closed the connection without an answer");
        }
        String head = all.substring(0, end);
        String type = head.contains("application/json") ? "application/json" : "text/plain; charset=utf-8";
        return new Answer(Integer.parseInt(head.substring(9, 12)), type, all.substring(end + 4));
    }
}
