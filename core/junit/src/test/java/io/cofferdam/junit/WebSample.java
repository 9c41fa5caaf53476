package io.cofferdam.junit;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A web server as a program of its own: uses nothing but the JDK. */
final class WebSample {

    private WebSample() {}

    public static void main(String[] arguments) throws IOException {
        byte[] greeting = (System.getenv("GREETING") + "\n").getBytes(StandardCharsets.UTF_8);
        String address = System.getenv().getOrDefault("COFFERDAM_ADDRESS", "0.0.0.0");
        HttpServer server = HttpServer.create(new InetSocketAddress(address, Samples.PORT), 64);
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, greeting.length);
                exchange.getResponseBody().write(greeting);
            }
        });
        server.start();
    }
}
