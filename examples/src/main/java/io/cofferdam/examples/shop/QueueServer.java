package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Orders.Order;
import io.cofferdam.examples.shop.Shop.Running;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Hands orders out, one line for a question and one for its answer:
 *
 * <pre>
 * PUT text      OK number
 * TAKE worker   JOB number text, or NONE after five seconds
 * DONE          OK; the order that was taken over this connection last
 * STATE number  WAITING, WORKING worker, DONE worker, or UNKNOWN
 * COUNT         COUNT waiting working done
 * </pre>
 *
 * <p>An order that was taken over a connection that ends goes to somebody else.
 */
final class QueueServer implements Running {

    private static final long TAKE_MILLIS = 5_000;

    private final ServerSocket server = new ServerSocket();
    private final Orders orders;

    QueueServer(String address, int port, Orders orders) throws IOException {
        this.orders = orders;
        server.setReuseAddress(true);
        server.bind(
                address.isEmpty()
                        ? new InetSocketAddress(port)
                        : new InetSocketAddress(InetAddress.getByName(address), port));
        new Thread(this::accept, "accept").start();
    }

    int port() {
        return server.getLocalPort();
    }

    @Override
    public boolean isHealthy() {
        return !server.isClosed();
    }

    /** Whatever was answered is kept, and who was not answered asks again. */
    @Override
    public boolean drain(Duration grace) {
        try {
            server.close();
        } catch (IOException unclosable) {
            return false;
        }
        return true;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "connection");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException closed) {
                // Drained, or a caller that went away before it was served.
            }
        }
    }

    private void serve(Socket socket) {
        Order taken = null;
        try (socket;
                BufferedReader in =
                        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
                BufferedWriter out =
                        new BufferedWriter(new OutputStreamWriter(socket.getOutputStream(), StandardCharsets.UTF_8))) {
            String worker = "";
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", 2);
                String answer;
                if (words[0].equals("TAKE")) {
                    worker = argument(words);
                    taken = orders.take(worker, TAKE_MILLIS);
                    answer = taken == null ? "NONE" : "JOB " + taken.number() + " " + taken.text();
                } else if (words[0].equals("DONE")) {
                    answer = finish(taken, worker);
                    taken = null;
                } else {
                    answer = answer(words);
                }
                out.write(answer + "\n");
                out.flush();
            }
        } catch (IOException gone) {
            // Its order, if it had one, is given back below.
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        } finally {
            if (taken != null) {
                orders.giveBack(taken);
            }
        }
    }

    private String finish(@Nullable Order taken, String worker) throws IOException {
        if (taken == null) {
            return "NONE";
        }
        orders.done(taken, worker);
        return "OK";
    }

    private String answer(String[] words) throws IOException {
        return switch (words[0]) {
            case "PUT" -> "OK " + orders.put(argument(words));
            case "STATE" -> orders.state(Long.parseLong(argument(words)));
            case "COUNT" -> orders.count();
            default -> "UNKNOWN";
        };
    }

    private static String argument(String[] words) {
        return words.length > 1 ? words[1] : "";
    }
}
