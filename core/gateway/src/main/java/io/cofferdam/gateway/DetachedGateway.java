package io.cofferdam.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteFile;
import io.cofferdam.traffic.RoutePorts;
import io.cofferdam.traffic.TrafficRouter;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A controller of a gateway's process. Each call has a connection of its own. */
final class DetachedGateway implements TrafficRouter {

    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration END = Duration.ofSeconds(10);

    private final Path folder;
    private final Threads threads = Threads.named("cofferdam-gateway-client");
    private final GatewayLaunch launch;

    DetachedGateway(Path stateDirectory) {
        folder = RouteFile.privateFolder(stateDirectory);
        launch = new GatewayLaunch(folder);
    }

    @Override
    public String name() {
        return "gateway";
    }

    @Override
    public List<Route> apply(String project, List<Route> routes) {
        RoutePorts.check(project, routes);
        ObjectNode question = Control.message(Control.APPLY).put("project", project);
        Control.put(question, routes);
        return ask(question, project, !routes.isEmpty(), CALL, "applying the routes of project '" + project + "'")
                .map(Control::routes)
                .orElse(List.of());
    }

    @Override
    public List<Route> routes(String project) {
        ObjectNode question = Control.message(Control.ROUTES).put("project", project);
        return ask(question, project, false, CALL, "reading the routes of project '" + project + "'")
                .map(Control::routes)
                .orElse(List.of());
    }

    @Override
    public boolean awaitDrained(String project, String target, Duration timeout) {
        ObjectNode question = Control.message(Control.DRAINED)
                .put("project", project)
                .put("target", target)
                .put("millis", Math.max(0, timeout.toMillis()));
        String what = "waiting until target '" + target + "' of project '" + project + "' is drained";
        return ask(question, project, false, timeout.plus(GRACE), what)
                .map(answer -> answer.path("drained").asBoolean())
                .orElse(true);
    }

    boolean stopWhenIdle() {
        if (process().isEmpty() && Control.state(folder).read().isEmpty()) {
            return true;
        }
        return ask(Control.message(Control.STOP_WHEN_IDLE), "", false, CALL, "stopping the gateway")
                .map(answer -> answer.path("stopped").asBoolean())
                .orElse(true);
    }

    Optional<ProcessHandle> process() {
        return call("looking for the gateway", CALL, aborted -> tryAsk(Control.message(Control.HELLO), aborted))
                .flatMap(answer -> ProcessHandle.of(answer.path("pid").asLong()));
    }

    /** Empty if no process runs and none is needed. */
    private Optional<JsonNode> ask(ObjectNode question, String project, boolean needed, Duration timeout, String what) {
        Optional<JsonNode> answer = call(what, timeout, connection -> {
            Deadline deadline = Deadline.in(timeout);
            while (true) {
                Optional<JsonNode> told = tryAsk(question, connection);
                boolean restore = needed || !Control.state(folder).read().isEmpty();
                if (told.isPresent() || !restore) {
                    return told;
                }
                deadline.check(what);
                launch.start(deadline);
            }
        });
        answer.ifPresent(told -> {
            Control.check(told, project);
            if (told.path("stopped").asBoolean()) {
                awaitEnd(told);
            }
        });
        return answer;
    }

    private void awaitEnd(JsonNode told) {
        var unused = call("waiting for the end of the gateway", END, connection -> {
            launch.awaitEnd();
            ProcessHandle.of(told.path("ends").asLong())
                    .ifPresent(process -> process.onExit().join());
            return Optional.of(told);
        });
    }

    /** The connection of a call, for whoever has to break it off. */
    private static final class Held {
        private volatile @Nullable SocketChannel channel;
    }

    private interface Question {
        Optional<JsonNode> ask(Held connection) throws IOException;
    }

    private Optional<JsonNode> call(String what, Duration timeout, Question question) {
        if (threads.isClosed()) {
            throw new ClosedException(what + " is not possible: this connection to the gateway is closed");
        }
        Held connection = new Held();
        try {
            return Bounded.<Optional<JsonNode>, IOException>call(
                    threads, Deadline.in(timeout), what, () -> question.ask(connection), () -> close(connection));
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    what + " failed: the gateway of " + folder + " cannot be reached: " + e.getMessage() + "; look at "
                            + folder.resolve("gateway.log"),
                    e);
        }
    }

    private static void close(Held connection) {
        SocketChannel open = connection.channel;
        try {
            if (open != null) {
                open.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Empty if no process listens, or it went before it answered. */
    private Optional<JsonNode> tryAsk(ObjectNode question, Held connection) throws IOException {
        UnixDomainSocketAddress address = Control.socket(folder);
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            connection.channel = channel;
            try {
                channel.connect(address);
                GatewayProcess.write(channel, question.toString());
                BufferedReader lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
                String line = lines.readLine();
                if (line == null) {
                    throw new EOFException("the gateway's process ended");
                }
                return Optional.of(Control.read(line));
            } catch (java.nio.channels.ClosedChannelException given) {
                throw given;
            } catch (IOException notThere) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void close() {
        threads.close(Deadline.in(Duration.ofNanos(TimeUnit.SECONDS.toNanos(5))));
    }
}
