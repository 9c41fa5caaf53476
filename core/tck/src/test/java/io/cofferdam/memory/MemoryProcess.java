package io.cofferdam.memory;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.StartFailedException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/**
 * One run of the software of a unit. Whoever starts it waits until it waits for something itself, so that what a program does at
 * once is done, however busy the machine is.
 */
final class MemoryProcess {

    private final EnvironmentSpec spec;
    private final MemoryFiles files;
    private final BiConsumer<LogLine.Stream, String> log;
    private final Signals signals;
    private final CountDownLatch settled = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<HttpServer> servers = new ArrayList<>();
    private final Map<Integer, Integer> hostPorts = new HashMap<>();
    private volatile boolean isAsked;
    private volatile int exit = -1;

    MemoryProcess(
            EnvironmentSpec spec, MemoryFiles files, Scheduler scheduler, BiConsumer<LogLine.Stream, String> log) {
        this.spec = spec;
        this.files = files;
        this.log = log;
        this.signals = new Signals(scheduler, settled::countDown);
    }

    /** What it needs of the host; nothing is held after a failure. */
    void prepare() {
        String program = spec.command().get(0);
        if (!program.equals("sh") && !program.equals("web")) {
            throw new StartFailedException(
                    "could not start '" + spec.name().orElseThrow() + "' (memory): there is no program '" + program
                            + "'; name one that there is",
                    null,
                    List.of(),
                    null);
        }
        try {
            for (PortMapping port : spec.ports()) {
                hostPorts.put(
                        port.port(),
                        program.equals("web") ? serve(port) : port.hostPort().orElse(1));
            }
        } catch (IOException | RuntimeException failed) {
            servers.forEach(server -> server.stop(0));
            throw failed instanceof RuntimeException unchecked
                    ? unchecked
                    : new StartFailedException(failed.toString(), null, List.of(), failed);
        }
    }

    private int serve(PortMapping port) throws IOException {
        HttpServer server;
        try {
            server = HttpServer.create(
                    new InetSocketAddress(
                            InetAddress.getByName(port.hostAddress()),
                            port.hostPort().orElse(0)),
                    0);
        } catch (java.net.BindException taken) {
            throw new PortTakenException(
                    "port " + port.hostPort().orElse(0) + " is taken; publish another one",
                    port.hostPort().orElse(0),
                    null,
                    taken);
        }
        server.createContext("/", this::answer);
        server.start();
        servers.add(server);
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = page().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    /** What it answers with, if it is a web server. */
    String page() {
        return files.text("www/index.html");
    }

    boolean listensOn(int port) {
        return spec.command().get(0).equals("web") && spec.command().get(1).equals(Integer.toString(port));
    }

    int hostPort(PortMapping port) {
        return hostPorts.getOrDefault(port.port(), 1);
    }

    /** Runs to its end; gives back the exit code. */
    int run() {
        try {
            if (spec.command().get(0).equals("sh")) {
                Statement script = ScriptParser.parse(spec.command().get(2));
                return new Shell(files, spec.env(), signals, this::write).run(script);
            }
            String greeting = spec.env().getOrDefault("GREETING", "hello");
            files.write("www/index.html", greeting.getBytes(StandardCharsets.UTF_8), 0644);
            signals.awaitSignal();
            return 0;
        } catch (Signals.Killed killed) {
            return killed.code;
        } finally {
            servers.forEach(server -> server.stop(0));
        }
    }

    private void write(boolean isError, String text) {
        log.accept(isError ? LogLine.Stream.STDERR : LogLine.Stream.STDOUT, text);
    }

    /** Another script beside it, on the same files. */
    int exec(String script, Map<String, String> env, Scheduler scheduler, BiConsumer<Boolean, String> output) {
        Map<String, String> all = new HashMap<>(spec.env());
        all.putAll(env);
        return new Shell(files, all, new Signals(scheduler, () -> {}), output).run(ScriptParser.parse(script));
    }

    void ask(String signal) {
        isAsked = true;
        signals.send(signal);
    }

    /** Whether it was asked to end. */
    boolean isAsked() {
        return isAsked;
    }

    void hasEnded(int code) {
        exit = code;
        settled.countDown();
    }

    /** Its end has been told to everybody. */
    void isOver() {
        signals.over();
        ended.countDown();
    }

    /** The exit code; below 0 while it runs. */
    int exit() {
        return exit;
    }

    void awaitSettled() {
        await(settled, Deadline.in(Duration.ofSeconds(30)));
    }

    void awaitOver(Deadline deadline) {
        await(ended, deadline);
    }

    private void await(CountDownLatch latch, Deadline deadline) {
        try {
            if (!latch.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw deadline.timeout("waiting for '" + spec.name().orElseThrow() + "' (memory)", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(
                    "waiting for '" + spec.name().orElseThrow() + "' (memory) was interrupted", e);
        }
    }
}
