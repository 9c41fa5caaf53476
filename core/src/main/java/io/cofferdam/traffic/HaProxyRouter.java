package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A router on HAProxy 2.6 or later, from the program {@code haproxy} of this machine. Each project has a HAProxy of its own in
 * master-worker mode, which outlives this JVM and is found again by its folder. Targets come, go and change their weights
 * through its runtime socket, without a reload; it is reloaded only when the listeners of a project change. Shares become
 * weights of 0 to 256, so that one of less than a five-hundredth of the largest is raised to that.
 *
 * <p>Clients of a project whose listeners change are told to close their connections by HAProxy after the answer in hand.
 */
@Experimental
public final class HaProxyRouter extends ProgramRouter {

    private static final double HEAVIEST = 256;

    private HaProxyRouter(Path stateDirectory) {
        super(stateDirectory);
    }

    /**
     * The router whose state is in a folder. Nothing is started before there are routes.
     *
     * @param stateDirectory the folder, made if it is not there, for its owner only; with a project's name, its path may have 80
     *     bytes at the most, because of HAProxy's sockets
     * @return the router; closing it leaves the processes and their routes alone
     * @throws io.cofferdam.error.EngineUnavailableException if there is no program {@code haproxy}
     * @throws io.cofferdam.error.StorageException if the folder cannot be made
     */
    public static HaProxyRouter in(Path stateDirectory) {
        Program.find("haproxy");
        return new HaProxyRouter(stateDirectory);
    }

    @Override
    public String name() {
        return "haproxy";
    }

    @Override
    Program program(Path projectFolder) {
        return new Program("haproxy", projectFolder);
    }

    @Override
    void serve(Program program, List<Route> before, List<Route> after, Deadline deadline) throws IOException {
        boolean running = program.isRunning();
        if (after.isEmpty()) {
            if (running) {
                stop(program, before, deadline);
            }
            return;
        }
        program.configure(configuration(program, after));
        if (!running) {
            start(program, deadline);
        } else if (places(before).equals(places(after))) {
            for (Route route : after) {
                change(program, route);
            }
        } else {
            reload(program, deadline);
        }
    }

    private static void start(Program program, Deadline deadline) throws IOException {
        String haproxy = Program.find("haproxy").toString();
        program.check(List.of(haproxy, "-c", "-q", "-f", program.configuration.toString()), deadline);
        Process process = program.start(List.of(
                haproxy,
                "-W",
                "-f",
                program.configuration.toString(),
                "-p",
                program.pidFile().toString()));
        Program.await(
                () -> {
                    if (!process.isAlive()) {
                        throw new IOException("haproxy ended at once: " + program.lastWords());
                    }
                    return worker(program).isPresent();
                },
                deadline,
                "starting haproxy in " + program.folder);
    }

    private static void reload(Program program, Deadline deadline) throws IOException {
        program.check(
                List.of(Program.find("haproxy").toString(), "-c", "-q", "-f", program.configuration.toString()),
                deadline);
        Optional<String> old = worker(program);
        program.signalUntil(
                "USR2",
                () -> {
                    Optional<String> now = worker(program);
                    return now.isPresent() && !now.equals(old);
                },
                deadline,
                "reloading haproxy in " + program.folder);
    }

    /** Its ports are free at once; requests under way are finished. */
    private static void stop(Program program, List<Route> before, Deadline deadline) throws IOException {
        program.signalUntil(
                "USR1",
                () -> before.stream().allMatch(RoutePorts::isFree) || !program.isRunning(),
                deadline,
                "stopping haproxy in " + program.folder);
    }

    private static Set<String> places(List<Route> routes) {
        return routes.stream()
                .map(route -> route.name() + " " + RoutePorts.place(route) + " " + route.protocol())
                .collect(Collectors.toSet());
    }

    /** The targets of one route, through the runtime socket: new ones first, so that there always is one. */
    private static void change(Program program, Route route) throws IOException {
        String backend = backend(route);
        Set<String> there = new HashSet<>();
        for (String line : ask(program, "show servers state " + backend).split("\n", -1)) {
            String[] fields = line.split(" ", -1);
            if (fields.length > 6 && !line.startsWith("#")) {
                there.add(fields[3]);
            }
        }
        List<String> commands = new ArrayList<>();
        double heaviest = heaviest(route);
        // Commands are carried out one after the other, and requests arrive in between.
        List<RouteTarget> receiversFirst = route.targets().stream()
                .sorted(Comparator.comparing(target -> target.share() == 0))
                .toList();
        for (RouteTarget target : receiversFirst) {
            String server = backend + "/" + server(target);
            int weight = weight(target, heaviest);
            if (there.remove(server(target))) {
                commands.add("set server " + server + " weight " + weight);
            } else {
                commands.add("add server " + server + " " + address(target) + " weight " + weight);
            }
            commands.add("set server " + server + " state ready");
        }
        for (String gone : there) {
            // With connections left it cannot be deleted yet: the next change tries again.
            commands.add("set server " + backend + "/" + gone + " state maint");
            commands.add("del server " + backend + "/" + gone);
        }
        String said = ask(program, String.join(";", commands));
        if (said.contains("No such")
                || said.contains("nknown")
                || said.contains("nvalid")
                || said.contains("annot add")) {
            throw new IOException("haproxy refused a change of route '" + route.name() + "': " + said.strip());
        }
    }

    @Override
    boolean isDrained(Program program, List<Route> routes, String target) throws IOException {
        if (!program.isRunning()) {
            return true;
        }
        // A worker that was reloaded away does not tell what it still has.
        if (program.workers().size() > 1) {
            return false;
        }
        Set<String> backends = routes.stream().map(HaProxyRouter::backend).collect(Collectors.toSet());
        String prefix = readable(target) + ".";
        for (String line : ask(program, "show stat").split("\n", -1)) {
            String[] fields = line.split(",", -1);
            if (fields.length > 4
                    && backends.contains(fields[0])
                    && fields[1].startsWith(prefix)
                    && (number(fields[2]) > 0 || number(fields[4]) > 0)) {
                return false;
            }
        }
        return true;
    }

    private static int number(String field) {
        return field.isEmpty() ? 0 : Integer.parseInt(field);
    }

    /** The process id of the worker that answers; empty if none does. */
    private static Optional<String> worker(Program program) {
        try {
            return ask(program, "show info")
                    .lines()
                    .filter(line -> line.startsWith("Pid: "))
                    .findFirst();
        } catch (IOException notYet) {
            return Optional.empty();
        }
    }

    private static String ask(Program program, String commands) throws IOException {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(socket(program)));
            ByteBuffer bytes = ByteBuffer.wrap((commands + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Path socket(Program program) {
        return program.folder.resolve("s");
    }

    private static String backend(Route route) {
        return "b_" + readable(route.name()) + "."
                + Integer.toHexString(route.name().hashCode());
    }

    private static String server(RouteTarget target) {
        return readable(target.id()) + "." + Integer.toHexString((target.id() + address(target)).hashCode());
    }

    private static String readable(String name) {
        return name.replaceAll("[^A-Za-z0-9_-]", "_");
    }

    private static String address(RouteTarget target) {
        return (target.host().contains(":") ? "[" + target.host() + "]" : target.host()) + ":" + target.port();
    }

    private static double heaviest(Route route) {
        return route.targets().stream().mapToDouble(RouteTarget::share).max().orElse(0);
    }

    private static int weight(RouteTarget target, double heaviest) {
        return target.share() == 0 ? 0 : (int) Math.max(1, Math.round(target.share() / heaviest * HEAVIEST));
    }

    private static String configuration(Program program, List<Route> routes) {
        StringBuilder text = new StringBuilder("""
                # Written by Cofferdam; changes are overwritten.
                global
                  stats socket %s mode 600 level admin expose-fd listeners
                  hard-stop-after 60s
                defaults
                  timeout connect 5s
                  timeout client 75s
                  timeout server 60s
                  timeout http-request 75s
                  timeout tunnel 24h
                  retries 3
                  option redispatch 1
                  balance roundrobin
                """.formatted(socket(program)));
        for (Route route : routes) {
            boolean http = route.protocol() == RouteProtocol.HTTP;
            String mode = route.protocol().name().toLowerCase(Locale.ROOT);
            String backend = backend(route);
            text.append("frontend f").append(backend).append("\n  mode ").append(mode);
            text.append("\n  bind ").append(RoutePorts.place(route)).append('\n');
            text.append(http ? FORWARDED : "  timeout client 24h\n");
            text.append("  default_backend ").append(backend).append('\n');
            text.append("backend ")
                    .append(backend)
                    .append("\n  mode ")
                    .append(mode)
                    .append('\n');
            text.append(http ? RETRIES : "  timeout server 24h\n");
            double heaviest = heaviest(route);
            for (RouteTarget target : route.targets()) {
                text.append("  server %s %s weight %d\n"
                        .formatted(server(target), address(target), weight(target, heaviest)));
            }
        }
        return text.toString();
    }

    private static final String FORWARDED = """
              option forwardfor
              http-request set-header X-Forwarded-Proto http unless { req.hdr(X-Forwarded-Proto) -m found }
              http-request set-header X-Forwarded-Host %[req.hdr(Host)] unless { req.hdr(X-Forwarded-Host) -m found }
            """;

    /** A connection that was refused may go elsewhere in any case; what was sent only without body and by these methods. */
    private static final String RETRIES = """
              retry-on conn-failure empty-response
              http-request disable-l7-retry unless { method GET HEAD OPTIONS TRACE }
              http-request disable-l7-retry if { req.fhdr(content-length) -m int gt 0 }
              http-request disable-l7-retry if { req.fhdr(transfer-encoding) -m found }
            """;
}
