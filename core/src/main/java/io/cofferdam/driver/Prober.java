package io.cofferdam.driver;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.ExecSpec;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Asks one probe. A no is an answer, not a failure; failures are those of the engine. */
final class Prober {

    /** How long a connection that was accepted by a proxy is watched for being closed at once. */
    private static final int HALF_OPEN_MILLIS = 50;

    private final EngineSession session;

    Prober(EngineSession session) {
        this.session = session;
    }

    /**
     * Asks.
     *
     * @param unit the unit as it was seen since its last start
     * @param timeout how long the answer may take
     * @param deadline until when all of it has to be over
     */
    Answer ask(Unit unit, Probe probe, Duration timeout, Deadline deadline) {
        Deadline end = deadline.cappedAt(timeout);
        Duration allowed = end.remaining();
        if (end.isExpired()) {
            // What was answered before is what matters.
            return Answer.no("");
        }
        try {
            if (probe instanceof Probe.Command command) {
                return command(unit, command, end);
            }
            if (probe instanceof Probe.Tcp tcp) {
                return tcp(unit, tcp.port(), end);
            }
            return http(unit, (Probe.Http) probe, end);
        } catch (OperationTimeoutException late) {
            return allowed.compareTo(timeout) < 0 && deadline.isExpired()
                    ? Answer.cutOff("no answer within the last " + allowed.toMillis() + " ms")
                    : Answer.no("no answer within " + timeout.toMillis() + " ms");
        }
    }

    private Answer command(Unit unit, Probe.Command probe, Deadline end) {
        try {
            ExecResult result = session.driver.exec(unit.status().id(), ExecSpec.of(probe.command()), end);
            return result.succeeded()
                    ? Answer.YES
                    : Answer.no(
                            "'" + probe.command().get(0) + "' exited with " + result.exitCode() + firstLine(result),
                            result.exitCode() == 127 ? "probe it by a program that it has" : "");
        } catch (WrongStateException | NotFoundException notRunning) {
            return Answer.no("it does not run");
        }
    }

    private Answer tcp(Unit unit, int port, Deadline end) {
        Target target = target(unit, port);
        if (target == null) {
            return session.driver
                    .isListening(unit, port)
                    .map(listens -> listens ? Answer.YES : Answer.no("nothing listens on port " + port))
                    .orElseGet(() -> Answer.no("port " + port + " has no address yet"));
        }
        Socket socket = new Socket(Proxy.NO_PROXY);
        try {
            return Bounded.call(
                    session.threads,
                    end,
                    "connecting to " + target.address,
                    () -> connect(socket, target, end),
                    () -> close(socket));
        } catch (IOException refused) {
            return Answer.no("port " + port + ": " + refused.getMessage());
        } finally {
            close(socket);
        }
    }

    private static Answer connect(Socket socket, Target target, Deadline end) throws IOException {
        socket.connect(target.address, millis(end));
        if (target.proxied) {
            socket.setSoTimeout(HALF_OPEN_MILLIS);
            try {
                if (socket.getInputStream().read() < 0) {
                    return Answer.no("port " + target.address.getPort() + ": the connection was closed at once");
                }
            } catch (SocketTimeoutException open) {
                return Answer.YES;
            }
        }
        return Answer.YES;
    }

    private Answer http(Unit unit, Probe.Http probe, Deadline end) {
        Target target = target(unit, probe.port());
        return target == null
                ? Answer.no(
                        "port " + probe.port() + " has no address that this host can connect to",
                        "publish it, or probe it by a command")
                : HttpQuestion.ask(session.threads, probe, target.address, end);
    }

    /** Where to connect, and whether something before the software may accept in its stead. */
    private @Nullable Target target(Unit unit, int port) {
        Optional<InetSocketAddress> direct = session.driver.probeAddress(unit, port);
        if (direct.isPresent()) {
            return new Target(direct.get(), false);
        }
        return unit.status().endpoints().stream()
                .filter(endpoint -> endpoint.port() == port && endpoint.protocol() == Protocol.TCP)
                .findFirst()
                .map(endpoint -> new Target(endpoint.address(), session.driver.acceptsEarly()))
                .orElse(null);
    }

    private static String firstLine(ExecResult result) {
        String text = result.stderr().isBlank() ? result.stdout() : result.stderr();
        String line = text.strip().lines().findFirst().orElse("");
        return line.isEmpty() ? "" : ": " + (line.length() > 200 ? line.substring(0, 200) + "…" : line);
    }

    private static int millis(Deadline end) {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, end.remaining().toMillis()));
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ignored) {
            // A socket that cannot even be closed holds nothing that could be given back.
        }
    }

    private record Target(InetSocketAddress address, boolean proxied) {}
}
