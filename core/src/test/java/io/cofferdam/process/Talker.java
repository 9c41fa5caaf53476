package io.cofferdam.process;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** The software of the stacks in these tests: serves its name and an echo, or asks another one. */
final class Talker {

    private Talker() {}

    public static void main(String... arguments) throws IOException {
        int port = Integer.parseInt(arguments[arguments.length - 1]);
        if (arguments[0].equals("serve")) {
            serve(port);
        } else {
            PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
            out.print(ask(arguments[1], port, "question"));
        }
    }

    /** Answers each connection with the own name, a colon and what was sent. */
    private static void serve(int port) throws IOException {
        InetAddress address = InetAddress.getByName(System.getenv("COFFERDAM_ADDRESS"));
        try (ServerSocket server = new ServerSocket(port, 50, address)) {
            while (true) {
                try (Socket client = server.accept()) {
                    client.getOutputStream()
                            .write((System.getenv("COFFERDAM_NAME") + ":").getBytes(StandardCharsets.UTF_8));
                    client.getInputStream().transferTo(client.getOutputStream());
                } catch (IOException broken) {
                    continue;
                }
            }
        }
    }

    /** Sends a question of any length, says that this was all, and returns the answer; reads while it writes. */
    static String ask(String host, int port, String question) throws IOException {
        try (Socket socket = new Socket(host, port)) {
            CompletableFuture<Void> asked = CompletableFuture.runAsync(() -> {
                try {
                    socket.getOutputStream().write(question.getBytes(StandardCharsets.UTF_8));
                    socket.shutdownOutput();
                } catch (IOException broken) {
                    throw new UncheckedIOException(broken);
                }
            });
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            asked.join();
            return answer;
        }
    }
}
