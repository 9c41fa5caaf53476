package io.cofferdam.tck;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;

/** The web server of {@link Programs#web} as a program of its own: uses nothing but the JDK. */
final class WebProgram {

    private WebProgram() {}

    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of("www");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("index.html"), System.getenv().getOrDefault("GREETING", "hello"));
        int port = Integer.parseInt(arguments[0]);
        String address = System.getenv("COFFERDAM_ADDRESS");
        HttpServer server = HttpServer.create(
                address == null ? new InetSocketAddress(port) : new InetSocketAddress(address, port), 64);
        server.createContext("/", exchange -> answer(exchange, folder));
        server.start();
    }

    private static void answer(HttpExchange exchange, Path folder) throws IOException {
        try (exchange) {
            String name = exchange.getRequestURI().getPath().substring(1);
            Path file = folder.resolve(name.isEmpty() ? "index.html" : name);
            if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
                return;
            }
            byte[] body = Files.readAllBytes(file);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }
}
