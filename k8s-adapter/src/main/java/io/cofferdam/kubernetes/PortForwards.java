package io.cofferdam.kubernetes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.PortTakenException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The published ports of environments. Where this host reaches pods, a port without a fixed host port is reached at the
 * pod's own address; all others are listeners of this JVM that pass each connection on to the pod that runs at that moment,
 * by its address or through the API server. They end with the run, and with this orchestrator; another one that is asked for
 * an endpoint nobody serves takes it over.
 */
final class PortForwards implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PortForwards.class);

    /** The ports that are published, on the record. */
    private static final String PORTS = "cofferdam.io/ports";

    private static final Duration LOOKING = Duration.ofSeconds(10);
    private static final long RELEASE_MILLIS = 2000;

    private final Api api;
    private final Paths paths;
    private final Threads threads;
    private final boolean reachesPods;
    private final Map<String, List<Listener>> listeners = new ConcurrentHashMap<>();

    /** Units whose ports this orchestrator has given back: whoever still holds them to run is late. */
    private final Set<String> ended = ConcurrentHashMap.newKeySet();

    private volatile boolean closed;

    PortForwards(Api api, Paths paths, Threads threads, boolean reachesPods) {
        this.api = api;
        this.paths = paths;
        this.threads = threads;
        this.reachesPods = reachesPods;
    }

    /** Notes with a record what is published. */
    static String annotation(List<PortMapping> mappings) {
        ArrayNode ports = Json.object().putArray("ports");
        for (PortMapping mapping : mappings) {
            ports.add(mapping.toString());
        }
        return Json.write(ports);
    }

    static void describe(com.fasterxml.jackson.databind.node.ObjectNode record, List<PortMapping> mappings) {
        record.withObjectProperty("metadata").withObjectProperty("annotations").put(PORTS, annotation(mappings));
    }

    static List<PortMapping> mappings(JsonNode record) {
        List<PortMapping> mappings = new ArrayList<>();
        try {
            String text = Marks.annotation(record, PORTS);
            if (!text.isEmpty()) {
                for (JsonNode mapping : Json.read(text)) {
                    mappings.add(PortMapping.parse(mapping.asText("")));
                }
            }
        } catch (IOException | CofferdamException spoiled) {
            LOG.debug("the annotation {} of '{}' is none of ours", PORTS, Marks.name(record));
        }
        return mappings;
    }

    private boolean isListenedFor(PortMapping mapping) {
        return mapping.protocol() == Protocol.TCP && (mapping.fixedHostPort() != null || !reachesPods);
    }

    /**
     * Opens what a start needs.
     *
     * @throws PortTakenException if a fixed port is in use; nothing is open then
     */
    void open(Operation operation, JsonNode record) {
        List<Listener> opened = new ArrayList<>();
        String id = Marks.name(record);
        ended.remove(id);
        for (PortMapping mapping : mappings(record)) {
            if (!isListenedFor(mapping) || find(id, mapping) != null) {
                continue;
            }
            try {
                opened.add(listen(id, mapping));
            } catch (BindException taken) {
                opened.forEach(Listener::close);
                Integer port = mapping.fixedHostPort();
                throw new PortTakenException(
                        operation.failed("host port " + port + "/" + mapping.protocol() + " cannot be listened on ("
                                + taken.getMessage() + "); stop what uses it or publish another port"),
                        port == null ? 0 : port,
                        null,
                        taken);
            } catch (IOException unusable) {
                opened.forEach(Listener::close);
                throw Faults.connection(operation, "host port " + mapping, unusable);
            }
        }
    }

    private Listener listen(String id, PortMapping mapping) throws IOException {
        Listener listener = new Listener(id, mapping);
        listeners.compute(id, (key, there) -> {
            List<Listener> all = new ArrayList<>(there == null ? List.of() : there);
            all.add(listener);
            return List.copyOf(all);
        });
        if (closed || ended.contains(id)) {
            close(id);
        }
        return listener;
    }

    private @Nullable Listener find(String id, PortMapping mapping) {
        for (Listener listener : listeners.getOrDefault(id, List.of())) {
            if (listener.mapping.equals(mapping)) {
                return listener;
            }
        }
        return null;
    }

    /** The run is over. */
    void close(String id) {
        if (listeners.containsKey(id)) {
            ended.add(id);
        }
        List<Listener> gone = listeners.remove(id);
        if (gone != null) {
            gone.forEach(Listener::close);
        }
    }

    /**
     * Where the ports of a unit that runs are reached.
     *
     * @param address the address of its pod; may be empty
     * @param opens whether to serve what nobody serves
     */
    List<Endpoint> endpoints(JsonNode record, String address, boolean opens) {
        List<Endpoint> endpoints = new ArrayList<>();
        String id = Marks.name(record);
        for (PortMapping mapping : mappings(record)) {
            Integer fixed = mapping.fixedHostPort();
            if (!isListenedFor(mapping)) {
                if (!address.isEmpty()) {
                    endpoints.add(new Endpoint(mapping.port(), mapping.protocol(), address, mapping.port()));
                }
                continue;
            }
            Listener listener = find(id, mapping);
            if (listener == null && opens && !closed && !ended.contains(id)) {
                listener = takeOver(id, mapping);
            }
            Integer port = listener != null ? Integer.valueOf(listener.port()) : fixed;
            if (port != null) {
                endpoints.add(new Endpoint(mapping.port(), mapping.protocol(), host(mapping), port));
            }
        }
        return endpoints;
    }

    /** Where to connect to what listens on an address. */
    private static String host(PortMapping mapping) {
        return mapping.hostAddress().equals("0.0.0.0") || mapping.hostAddress().equals("::")
                ? PortMapping.LOOPBACK
                : mapping.hostAddress();
    }

    private @Nullable Listener takeOver(String id, PortMapping mapping) {
        try {
            return listen(id, mapping);
        } catch (IOException another) {
            LOG.debug("port {} of '{}' is served by another orchestrator", mapping, id);
            return null;
        }
    }

    @Override
    public void close() {
        closed = true;
        Set.copyOf(listeners.keySet()).forEach(this::close);
    }

    /** The pod that runs now. */
    private JsonNode running(Operation operation, String id) throws IOException {
        String selector = Marks.selector(UnitBody.ENVIRONMENT) + "," + Marks.UNIT + "=" + id;
        try {
            List<JsonNode> pods = new ArrayList<>();
            api.get(operation, Paths.selecting(paths.pods(), selector), Deadline.in(LOOKING))
                    .path("items")
                    .forEach(pods::add);
            return new Runs(pods)
                    .last()
                    .filter(pod -> Runs.main(pod).phase() == Runs.Phase.RUNNING)
                    .orElseThrow(() -> new IOException("it does not run"));
        } catch (Refusal refusal) {
            throw new IOException(refusal.words(), refusal);
        }
    }

    /** Listens on a port of this host. */
    private final class Listener {

        private final String id;
        private final PortMapping mapping;
        private final ServerSocket server;
        private final Set<Socket> clients = ConcurrentHashMap.newKeySet();
        private final Thread acceptor;

        Listener(String id, PortMapping mapping) throws IOException {
            this.id = id;
            this.mapping = mapping;
            Integer fixed = mapping.fixedHostPort();
            server = new ServerSocket();
            try {
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(mapping.hostAddress(), fixed == null ? 0 : fixed), 128);
                acceptor = threads.startPlatform("port " + server.getLocalPort() + " of " + id, this::accept);
            } catch (IOException | RejectedExecutionException failure) {
                server.close();
                throw failure instanceof IOException io ? io : new IOException(failure);
            }
        }

        int port() {
            return server.getLocalPort();
        }

        private void accept() {
            while (!server.isClosed()) {
                try {
                    Socket client = server.accept();
                    clients.add(client);
                    threads.start("connection to " + id, () -> serve(client));
                } catch (SocketException over) {
                    return;
                } catch (IOException | RejectedExecutionException failure) {
                    LOG.debug("a connection to port {} of '{}' was lost", mapping, id, failure);
                }
            }
        }

        private void serve(Socket client) {
            Operation operation =
                    Operation.of("connect", "connecting", "to port " + mapping.port() + " of '" + id + "'");
            try (client;
                    PodConnection pod = connect(operation)) {
                client.setTcpNoDelay(true);
                AtomicBoolean over = new AtomicBoolean();
                Thread sending = threads.start("connection from " + id, () -> send(client, pod, over));
                try {
                    OutputStream out = client.getOutputStream();
                    pod.receive(out);
                    client.shutdownOutput();
                    // The pod has said all; what the client still has to say ends with its own end.
                    sending.join();
                } finally {
                    over.set(true);
                    sending.interrupt();
                }
            } catch (IOException | CofferdamException | RejectedExecutionException broken) {
                LOG.debug("{} ended", operation.doing(), broken);
            } catch (InterruptedException closing) {
                Thread.currentThread().interrupt();
            } finally {
                clients.remove(client);
            }
        }

        private PodConnection connect(Operation operation) throws IOException {
            JsonNode pod = running(operation, id);
            if (reachesPods) {
                return PodConnection.direct(pod.path("status").path("podIP").asText(""), mapping.port());
            }
            return PodConnection.forwarded(operation, api, paths.pod(Marks.name(pod)), mapping.port());
        }

        private void send(Socket client, PodConnection pod, AtomicBoolean over) {
            byte[] buffer = new byte[32 * 1024];
            try {
                for (int count = client.getInputStream().read(buffer);
                        count >= 0;
                        count = client.getInputStream().read(buffer)) {
                    pod.send(buffer, count);
                }
                pod.endSending();
            } catch (IOException broken) {
                if (!over.get()) {
                    LOG.trace("a connection to '{}' broke", id, broken);
                }
                try {
                    pod.close();
                    client.close();
                } catch (IOException ignored) {
                    // It was broken already.
                }
            }
        }

        /** When it returns the port is free: the system holds it for as long as somebody waits for connections there. */
        void close() {
            try {
                server.close();
                acceptor.join(RELEASE_MILLIS);
                for (Socket client : clients) {
                    client.close();
                }
            } catch (IOException ignored) {
                // Nothing is left to give back.
            } catch (InterruptedException interrupt) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
