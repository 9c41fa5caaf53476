package io.cofferdam.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Threads;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The process of a detached gateway. Its one argument is its folder; it says {@code ready} when it can be spoken to. */
final class GatewayProcess {

    static final String READY = "ready";
    private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);

    private final GatewayServer server;
    private final ServerSocketChannel control;
    private final AtomicBoolean stopWhenIdle = new AtomicBoolean();
    private final Threads threads = Threads.named("cofferdam-gateway-control");

    private GatewayProcess(GatewayServer server, ServerSocketChannel control) {
        this.server = server;
        this.control = control;
    }

    /**
     * Runs until it is asked to stop.
     *
     * @param arguments the folder
     * @throws IOException if the socket cannot be made
     */
    public static void main(String[] arguments) throws IOException {
        Path folder = Path.of(arguments[0]);
        try (FileChannel file = FileChannel.open(
                        folder.resolve("gateway.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock only = file.tryLock()) {
            if (only != null) {
                run(folder);
            }
        }
        System.exit(0);
    }

    private static void run(Path folder) throws IOException {
        Path socket = Control.socket(folder).getPath();
        Files.deleteIfExists(socket); // of a predecessor that was killed, for the lock is ours
        try (ServerSocketChannel control = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            control.bind(Control.socket(folder));
            Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
            GatewayServer server = new GatewayServer(Control.state(folder)::write);
            server.restore(Control.state(folder).read());
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(socket), "cofferdam-gateway-end"));
            say(READY);
            new GatewayProcess(server, control).serve();
            // New controllers find no socket and wait for the lock; those who were told are told first.
            Files.deleteIfExists(socket);
            server.close();
        }
    }

    private static void delete(Path socket) {
        try {
            Files.deleteIfExists(socket);
        } catch (IOException left) {
            LOG.debug("the socket stays until the next start", left);
        }
    }

    @SuppressWarnings("ClosingStandardOutputStreams") // the end of the pipe is part of what is said
    private static void say(String word) {
        try (PrintStream out = System.out) {
            out.println(word);
        }
    }

    private void serve() throws IOException {
        while (true) {
            try {
                SocketChannel controller = control.accept();
                threads.start("call", () -> answer(controller));
            } catch (ClosedChannelException stopped) {
                return;
            } catch (RejectedExecutionException stopping) {
                return;
            }
        }
    }

    private void answer(SocketChannel controller) {
        boolean last = false;
        try (controller;
                BufferedReader lines = new BufferedReader(Channels.newReader(controller, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null && !last; line = lines.readLine()) {
                ObjectNode answer = answer(Control.read(line));
                last = stopWhenIdle.get() && server.isIdle();
                if (last) {
                    answer.put("stopped", true)
                            .put("ends", ProcessHandle.current().pid());
                }
                write(controller, answer.toString());
            }
        } catch (IOException gone) {
            LOG.debug("a controller went", gone);
        } finally {
            if (last) {
                stop();
            }
        }
    }

    private void stop() {
        try {
            control.close();
        } catch (IOException e) {
            LOG.debug("the control socket did not close", e);
        }
    }

    private ObjectNode answer(JsonNode question) {
        ObjectNode answer = Control.message();
        String project = question.path("project").asText();
        try {
            switch (question.path("do").asText()) {
                case Control.APPLY -> Control.put(answer, server.apply(project, Control.routes(question)));
                case Control.ROUTES -> Control.put(answer, server.routes(project));
                case Control.DRAINED ->
                    answer.put(
                            "drained",
                            server.awaitDrained(
                                    project,
                                    question.path("target").asText(),
                                    Duration.ofMillis(question.path("millis").asLong())));
                case Control.HELLO -> answer.put("pid", ProcessHandle.current().pid());
                case Control.STOP_WHEN_IDLE -> stopWhenIdle.set(true);
                default ->
                    throw new IllegalArgumentException("this gateway is of another version and does not know '"
                            + question.path("do").asText() + "'");
            }
            return answer;
        } catch (RuntimeException e) {
            return Control.failure(e);
        }
    }

    static void write(SocketChannel channel, @Nullable String line) throws IOException {
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
