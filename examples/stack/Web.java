import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import java.net.URL;
import java.nio.charset.StandardCharsets;

/** A web service that asks a second one and passes its answer on. Run with: java Web.java PORT URL-OF-THE-GREETER */
public class Web {

    public static void main(String[] args) throws Exception {
        // Where the system's resolver cannot know the names of the stack, they are in this file. Java looks at the property
        // once, so it comes before the first address.
        String hosts = System.getenv("COFFERDAM_HOSTS");
        if (hosts != null) {
            System.setProperty("jdk.net.hosts.file", hosts);
        }
        int port = Integer.parseInt(args[0]);
        String greeter = args[1];
        // As a process it shares the host with others, and is told which address is its own. In a container all are.
        String own = System.getenv("COFFERDAM_ADDRESS");
        InetSocketAddress address = own == null ? new InetSocketAddress(port) : new InetSocketAddress(own, port);

        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/", exchange -> {
            int status = 200;
            String text;
            try (var reply = new URL(greeter).openStream()) {
                String greeting = new String(reply.readAllBytes(), StandardCharsets.UTF_8);
                text = System.getenv("INSTANCE") + " asked " + greeter + " and got: " + greeting;
            } catch (Exception failure) {
                status = 502;
                text = System.getenv("INSTANCE") + " could not reach " + greeter + ": " + failure;
            }
            byte[] answer = text.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        System.out.println("web listens on " + server.getAddress());
    }
}
