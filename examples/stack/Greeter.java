import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** A web service that says hello. Run with: java Greeter.java PORT */
public class Greeter {

    public static void main(String[] args) throws Exception {
        int port = Integer.parseInt(args[0]);
        // As a process it shares the host with others, and is told which address is its own. In a container all are.
        String own = System.getenv("COFFERDAM_ADDRESS");
        InetSocketAddress address = own == null ? new InetSocketAddress(port) : new InetSocketAddress(own, port);

        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", exchange -> {
            byte[] answer = ("Hello from " + System.getenv("INSTANCE")).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        System.out.println("greeter listens on " + server.getAddress());
    }
}
