package io.cofferdam.docker;

import io.cofferdam.concurrent.Deadline;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Stands before a real engine on a unix socket and notes the requests that pass. */
final class RecordingProxy implements AutoCloseable {

    private static final Pattern REQUEST =
            Pattern.compile("(?:^|(?<=\\n|\\}))((?:GET|POST|PUT|DELETE|HEAD) /\\S*) HTTP/1.1\\r");

    final List<String> requests = new CopyOnWriteArrayList<>();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
    private final String engine;

    RecordingProxy(DockerDriver driver) throws IOException {
        String endpoint = driver.info(Deadline.in(Duration.ofSeconds(20))).endpoint();
        engine = endpoint.substring("unix://".length());
        start(this::accept);
    }

    String address() {
        return "tcp://127.0.0.1:" + server.getLocalPort();
    }

    private static void start(Runnable body) {
        Thread thread = new Thread(body, "recording-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                ChannelSocket up = ChannelSocket.unix(engine);
                up.connect();
                open.add(client);
                open.add(up);
                InputStream fromClient = client.getInputStream();
                OutputStream toClient = client.getOutputStream();
                start(() -> copy(fromClient, up.output(), true));
                start(() -> copy(up.input(), toClient, false));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void copy(InputStream in, OutputStream out, boolean note) {
        byte[] buffer = new byte[64 * 1024];
        try {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                if (note) {
                    Matcher matcher = REQUEST.matcher(new String(buffer, 0, count, StandardCharsets.ISO_8859_1));
                    while (matcher.find()) {
                        requests.add(matcher.group(1));
                    }
                }
                out.write(buffer, 0, count);
            }
        } catch (IOException closed) {
            // One of the two sides went away.
        }
    }

    /** Cuts every connection there is; new ones are made as before. */
    void cut() {
        for (AutoCloseable each : open) {
            try {
                each.close();
            } catch (Exception alreadyClosed) {
                // It was cut by somebody else.
            }
        }
        open.clear();
    }

    @Override
    public void close() throws Exception {
        server.close();
        for (AutoCloseable each : open) {
            each.close();
        }
    }
}
