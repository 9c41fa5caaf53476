package io.cofferdam.examples.shop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A small shop: {@code web} takes orders and hands them to {@code api}, which puts them into {@code queue}, from where {@code worker}
 * takes them. Each is this program with the name of its role.
 *
 * <p>On SIGTERM a role refuses what is new, finishes what is under way and ends with exit code 0.
 */
public final class Shop {

    /** Less than any usual grace period, so that the program ends by itself. */
    private static final Duration GRACE = Duration.ofSeconds(8);

    private static final int WEB_PORT = 8080;
    private static final int API_PORT = 8081;
    private static final int QUEUE_PORT = 8082;

    private Shop() {}

    /**
     * Runs one role until the process is told to end.
     *
     * @param args the role: web, api, queue or worker
     * @throws IOException if it cannot be started
     */
    public static void main(String[] args) throws IOException {
        String role = args.length == 1 ? args[0] : "";
        Settings settings = Settings.of(role, System.getenv());
        if (settings.fault() == Fault.CRASH) {
            System.err.println("shop: '" + role + "' crashes because SHOP_FAULT says so");
            System.exit(1);
        }
        Running running = start(role, settings);
        Health health = new Health(settings.fault(), Path.of("healthy"));
        health.watch(running);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            health.end();
            boolean finished = running.drain(GRACE);
            say(settings, finished ? "has finished what was under way" : "gave up what was under way");
            // Without it the exit code would be that of the signal.
            Runtime.getRuntime().halt(finished ? 0 : 1);
        }));
        say(settings, "version " + settings.version() + " runs");
    }

    private static Running start(String role, Settings settings) throws IOException {
        Names names = Names.of(System.getenv());
        return switch (role) {
            case "web" -> {
                Web web = new Web(settings, new ApiClient(names, API_PORT));
                yield web.listen(new HttpListener(settings.address(), WEB_PORT, web));
            }
            case "api" ->
                new HttpListener(settings.address(), API_PORT, new Api(settings, new QueueClient(names, QUEUE_PORT)));
            case "queue" -> new QueueServer(settings.address(), QUEUE_PORT, new Orders(data()));
            case "worker" -> new Worker(settings, new QueueClient(names, QUEUE_PORT));
            default ->
                throw new IllegalArgumentException(
                        "'" + role + "' is no role of the shop; say web, api, queue or worker");
        };
    }

    /** The volume: below the working directory for processes, at the root for containers. */
    private static Path data() throws IOException {
        Path below = Path.of("data");
        Path root = Path.of("/data");
        return Files.isDirectory(below) || !Files.isDirectory(root) ? Files.createDirectories(below) : root;
    }

    private static void say(Settings settings, String what) {
        System.out.println(settings.instance() + " " + what);
    }

    /** Something that works until it is drained. */
    interface Running {

        /** Whether it works as it should. */
        boolean isHealthy();

        /** Takes nothing new, and waits for what is under way; tells whether that was finished in time. */
        boolean drain(Duration grace);
    }

    /**
     * What the environment tells the program.
     *
     * @param role which part of the shop this is
     * @param version which version of the shop this is
     * @param instance which of several copies
     * @param address where to listen; empty for everywhere
     * @param fault how this part misbehaves
     */
    record Settings(String role, String version, String instance, String address, Fault fault) {

        static Settings of(String role, Map<String, String> variables) {
            String at = variables.getOrDefault("COFFERDAM_ADDRESS", "");
            // A container's host name is its own; processes share that of the machine, and have an address of their
            // own.
            String own = at.isEmpty() ? variables.getOrDefault("HOSTNAME", "localhost") : at;
            Fault fault = variables.getOrDefault("SHOP_FAULT_IN", "web").equals(role)
                    ? Fault.of(variables.getOrDefault("SHOP_FAULT", ""))
                    : Fault.NONE;
            return new Settings(role, variables.getOrDefault("SHOP_VERSION", "1"), role + "-" + own, at, fault);
        }
    }
}
