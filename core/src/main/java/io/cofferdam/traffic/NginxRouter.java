package io.cofferdam.traffic;

import io.cofferdam.api.Experimental;
import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A router on nginx 1.22 or later, from the program {@code nginx} of this machine. Each project has an nginx of its own, which
 * outlives this JVM and is found again by its folder. Every change is a new configuration and a reload: workers of the old
 * one finish what is under way, then close their clients' connections, so that a client has to open a new one. Clients do
 * that by themselves; one that sends at the very moment its idle connection is closed has to send again.
 *
 * <p>Shares become weights whose sum is about 10,000. {@code Host} is handed on, {@code X-Forwarded-For} is appended to. Routes
 * of TCP need the module {@code stream} (on Debian: {@code libnginx-mod-stream}). Drains are seen in the sockets of the
 * workers, on Linux. TRACE is refused by nginx with 405.
 */
@Experimental
public final class NginxRouter extends ProgramRouter {

    private static final double SUM = 10_000;
    private static final List<String> MODULES =
            List.of("/usr/lib/nginx/modules/ngx_stream_module.so", "/usr/lib64/nginx/modules/ngx_stream_module.so");
    private static final String LISTEN = "0A";

    private NginxRouter(Path stateDirectory) {
        super(stateDirectory);
    }

    /**
     * The router whose state is in a folder. Nothing is started before there are routes.
     *
     * @param stateDirectory the folder, made if it is not there, for its owner only
     * @return the router; closing it leaves the processes and their routes alone
     * @throws io.cofferdam.error.EngineUnavailableException if there is no program {@code nginx}
     * @throws io.cofferdam.error.StorageException if the folder cannot be made
     */
    public static NginxRouter in(Path stateDirectory) {
        Program.find("nginx");
        return new NginxRouter(stateDirectory);
    }

    @Override
    public String name() {
        return "nginx";
    }

    @Override
    Program program(Path projectFolder) {
        return new Program("nginx", projectFolder);
    }

    @Override
    void serve(Program program, List<Route> before, List<Route> after, Deadline deadline) throws IOException {
        boolean running = program.isRunning();
        if (after.isEmpty()) {
            if (running) {
                program.signalUntil(
                        "QUIT",
                        () -> before.stream().allMatch(RoutePorts::isFree),
                        deadline,
                        "stopping nginx in " + program.folder);
            }
            return;
        }
        String nginx = Program.find("nginx").toString();
        List<String> words =
                List.of(nginx, "-p", program.folder.toString(), "-c", program.configuration.toString(), "-e", "stderr");
        program.configure(configuration(program, after));
        List<String> check = new ArrayList<>(words);
        check.addAll(List.of("-t", "-q"));
        program.check(check, deadline);
        if (running) {
            reload(program, deadline);
        } else {
            start(program, words, deadline);
        }
    }

    private static void start(Program program, List<String> words, Deadline deadline) throws IOException {
        Process process = program.start(words);
        Program.await(
                () -> {
                    if (!process.isAlive()) {
                        throw new IOException("nginx ended at once: " + program.lastWords());
                    }
                    return program.isRunning() && !serving(program).isEmpty();
                },
                deadline,
                "starting nginx in " + program.folder);
    }

    private static void reload(Program program, Deadline deadline) throws IOException {
        Set<Long> old = new HashSet<>(program.workers());
        program.signal("HUP");
        Program.await(
                () -> {
                    Set<Long> now = serving(program);
                    return !now.isEmpty() && now.stream().noneMatch(old::contains);
                },
                deadline,
                "reloading nginx in " + program.folder);
    }

    /** The workers that take new connections; the others' titles say that they are shutting down. */
    private static Set<Long> serving(Program program) {
        Set<Long> serving = new HashSet<>();
        for (long worker : program.workers()) {
            try {
                String title = Files.readString(Path.of("/proc/" + worker + "/cmdline"), StandardCharsets.ISO_8859_1);
                if (title.contains("worker process") && !title.contains("shutting down")) {
                    serving.add(worker);
                }
            } catch (IOException gone) {
                serving.remove(worker);
            }
        }
        return serving;
    }

    /** Connections to targets are not kept, so each one that a worker has is a request or a connection under way. */
    @Override
    boolean isDrained(Program program, List<Route> routes, String target) throws IOException {
        Set<String> addresses = new HashSet<>();
        for (Route route : routes) {
            for (RouteTarget candidate : route.targets()) {
                if (candidate.id().equals(target)) {
                    for (InetAddress address : InetAddress.getAllByName(candidate.host())) {
                        addresses.add(inTable(address, candidate.port()));
                    }
                }
            }
        }
        Set<String> sockets = new HashSet<>();
        for (String table : List.of("/proc/net/tcp", "/proc/net/tcp6")) {
            if (!addresses.isEmpty() && Files.isReadable(Path.of(table))) {
                for (String row : Files.readAllLines(Path.of(table))) {
                    String[] columns = row.strip().split("\\s+", -1);
                    if (columns.length > 9 && addresses.contains(columns[2]) && !columns[3].equals(LISTEN)) {
                        sockets.add("socket:[" + columns[9] + "]");
                    }
                }
            }
        }
        return sockets.isEmpty() || program.workers().stream().noneMatch(worker -> has(worker, sockets));
    }

    private static boolean has(long worker, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(Path.of("/proc/" + worker + "/fd"))) {
            for (Path file : files) {
                if (Files.isSymbolicLink(file)
                        && sockets.contains(Files.readSymbolicLink(file).toString())) {
                    return true;
                }
            }
            return false;
        } catch (IOException | java.nio.file.DirectoryIteratorException gone) {
            return false;
        }
    }

    /** The kernel writes addresses as words in the order of this machine, which is little-endian wherever this was tried. */
    private static String inTable(InetAddress address, int port) {
        byte[] bytes = address.getAddress();
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < bytes.length; word += 4) {
            for (int i = 3; i >= 0; i--) {
                text.append(String.format(Locale.ROOT, "%02X", bytes[word + i]));
            }
        }
        return text + String.format(Locale.ROOT, ":%04X", port);
    }

    private static String configuration(Program program, List<Route> routes) {
        boolean stream = routes.stream().anyMatch(route -> route.protocol() == RouteProtocol.TCP);
        StringBuilder text = new StringBuilder("# Written by Cofferdam; changes are overwritten.\n");
        if (stream) {
            text.append(module());
        }
        text.append("""
                daemon off;
                worker_processes 1;
                worker_shutdown_timeout 1h;
                pid %s;
                error_log stderr error;
                events { worker_connections 8192; }
                http {
                  access_log off;
                  client_body_temp_path %2$s/body;
                  proxy_temp_path %2$s/proxy;
                  fastcgi_temp_path %2$s/fastcgi;
                  uwsgi_temp_path %2$s/uwsgi;
                  scgi_temp_path %2$s/scgi;
                """.formatted(program.pidFile(), program.folder));
        text.append(HTTP);
        for (int i = 0; i < routes.size(); i++) {
            if (routes.get(i).protocol() == RouteProtocol.HTTP) {
                http(text, "u" + i, routes.get(i));
            }
        }
        text.append("}\n");
        if (stream) {
            text.append("stream {\n  proxy_connect_timeout 5s;\n  proxy_timeout 24h;\n  proxy_half_close on;\n");
            for (int i = 0; i < routes.size(); i++) {
                if (routes.get(i).protocol() == RouteProtocol.TCP) {
                    tcp(text, "u" + i, routes.get(i));
                }
            }
            text.append("}\n");
        }
        return text.toString();
    }

    private static String module() {
        return MODULES.stream()
                .filter(module -> Files.isReadable(Path.of(module)))
                .findFirst()
                .map(module -> "load_module " + module + ";\n")
                .orElse(""); // it may be built in, and if not, the check of the configuration says so
    }

    private static void http(StringBuilder text, String upstream, Route route) {
        boolean served = upstream(text, upstream, route);
        text.append("  server {\n    listen ").append(RoutePorts.place(route)).append(";\n");
        if (served) {
            text.append("""
                        location / {
                          error_page 418 = @once;
                          if ($once) { return 418; }
                          proxy_pass http://%1$s;
                        }
                        location @once {
                          proxy_next_upstream off;
                          proxy_pass http://%1$s;
                        }
                    """.formatted(upstream));
        } else {
            text.append("    return 503;\n");
        }
        text.append("  }\n");
    }

    private static void tcp(StringBuilder text, String upstream, Route route) {
        boolean served = upstream(text, upstream, route);
        text.append("  server { listen ").append(RoutePorts.place(route)).append("; ");
        text.append(served ? "proxy_pass " + upstream : "return \"\"").append("; }\n");
    }

    /** False if no target has a share. */
    private static boolean upstream(StringBuilder text, String name, Route route) {
        double sum = route.targets().stream().mapToDouble(RouteTarget::share).sum();
        if (sum == 0) {
            return false;
        }
        text.append("  upstream ")
                .append(name)
                .append(" {\n    zone ")
                .append(name)
                .append(" 256k;\n");
        for (RouteTarget target : route.targets()) {
            if (target.share() > 0) {
                long weight = Math.max(1, Math.round(target.share() / sum * SUM));
                text.append("    server ")
                        .append(target.host().contains(":") ? "[" + target.host() + "]" : target.host())
                        .append(':')
                        .append(target.port())
                        .append(" weight=")
                        .append(weight)
                        .append(" max_fails=1 fail_timeout=1s;\n");
            }
        }
        text.append("  }\n");
        return true;
    }

    /** nginx itself never repeats POST, LOCK and PATCH; what is neither those nor harmless is sent once only. */
    private static final String HTTP = """
              client_max_body_size 0;
              keepalive_requests 1000000000;
              keepalive_time 24h;
              proxy_http_version 1.1;
              proxy_buffering off;
              proxy_request_buffering off;
              proxy_connect_timeout 5s;
              proxy_next_upstream error;
              map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
              map $http_x_forwarded_proto $forwarded_proto { default $http_x_forwarded_proto; '' http; }
              map $http_x_forwarded_host $forwarded_host { default $http_x_forwarded_host; '' $http_host; }
              map "$request_method $http_content_length$http_transfer_encoding" $once {
                default 1;
                "~^(GET|HEAD|OPTIONS) 0*$" 0;
                "~^(POST|PATCH|LOCK) " 0;
              }
              proxy_set_header Host $http_host;
              proxy_set_header Connection $connection_upgrade;
              proxy_set_header Upgrade $http_upgrade;
              proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
              proxy_set_header X-Forwarded-Proto $forwarded_proto;
              proxy_set_header X-Forwarded-Host $forwarded_host;
            """;
}
