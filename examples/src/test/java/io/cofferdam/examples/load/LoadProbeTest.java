package io.cofferdam.examples.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Counts what a server does to its callers on purpose. */
@Timeout(60)
class LoadProbeTest {

    private static final String GOOD = answer("200 OK", "{\"version\":\"1\",\"instance\":\"a\"}");

    private ServerSocket server;
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile Script script = number -> GOOD;

    /** What is written as the answer to a request, by its number from 1; the connection is closed after what is no whole answer. */
    private interface Script {
        String answer(int number) throws InterruptedException;
    }

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
        start(() -> {
            while (true) {
                Socket socket = server.accept();
                connections.incrementAndGet();
                start(() -> serve(socket));
            }
        });
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private LoadProbe probe(String path) {
        return LoadProbe.of(URI.create("http://127.0.0.1:" + server.getLocalPort() + path));
    }

    @Test
    @DisplayName("answers of a well-behaved server are counted, over connections that are kept alive")
    void counts() throws InterruptedException {
        // when
        LoadReport report = probe("/version").rate(100).run(Duration.ofMillis(500));

        // then
        assertThat(report.requests()).isGreaterThan(10);
        assertThat(report.failed()).isZero();
        assertThat(report.versions()).containsOnlyKeys("1");
        assertThat(connections).hasValueLessThan(report.requests());
    }

    @Test
    @DisplayName("a request whose connection is closed before any byte is sent once more, over a fresh one")
    void retries() throws InterruptedException {
        // given
        script = number -> number == 3 ? "" : GOOD;

        // when
        LoadReport report = probe("/").rate(20).run(Duration.ofMillis(500));

        // then
        assertThat(report.failed()).isZero();
        assertThat(report.retried()).isEqualTo(1);
        assertThat(asked).hasValue(report.requests() + 1);
    }

    @Test
    @DisplayName(
            "what is closed twice, or in the middle of an answer, or answered with an error is a failure of its kind")
    void failures() throws InterruptedException {
        // given
        script = number -> switch (number) {
            case 2, 3 -> "";
            case 5 -> GOOD.substring(0, GOOD.length() - 3);
            case 7 -> answer("503 Service Unavailable", "");
            default -> GOOD;
        };

        // when
        LoadReport report = probe("/").rate(10).run(Duration.ofMillis(1_000));

        // then
        assertThat(report.failures())
                .containsOnlyKeys("closed-before-answer", "closed-in-answer", "status-503")
                .allSatisfy((kind, count) -> assertThat(count).isEqualTo(1));
        assertThat(report.retried()).isEqualTo(1);
    }

    @Test
    @DisplayName(
            "while a server stands still requests go on beginning, and their wait is counted from when they were planned")
    void openLoop() throws InterruptedException {
        // given
        CountDownLatch goOn = new CountDownLatch(1);
        script = number -> {
            goOn.await();
            return GOOD;
        };

        try (Load load = probe("/").rate(50).start()) {
            // when
            while (asked.get() < 20) {
                Thread.onSpinWait();
            }
            goOn.countDown();
            LoadReport report = load.stop();

            // then
            assertThat(report.failed()).isZero();
            assertThat(report.latency(1.0)).isGreaterThanOrEqualTo(19 * 20 - 20);
            assertThat(report.latency(0.5)).isLessThanOrEqualTo(report.latency(0.99));
        }
    }

    @Test
    @DisplayName("nobody there, and nobody who answers, are failures of their kinds")
    void nobody() throws IOException, InterruptedException {
        // given
        CountDownLatch never = new CountDownLatch(1);
        script = number -> {
            never.await();
            return GOOD;
        };

        // when
        LoadReport silent = probe("/").rate(10).timeout(Duration.ofMillis(50)).run(Duration.ofMillis(100));
        server.close();
        LoadReport absent = probe("/").rate(10).run(Duration.ofMillis(100));

        // then
        assertThat(silent.failures()).containsOnlyKeys("timeout");
        assertThat(absent.failures()).containsOnlyKeys("refused");
        assertThat(silent.failed()).isEqualTo(silent.requests());
    }

    @Test
    @DisplayName("answers of an old version to requests that began after a moment are counted")
    void oldAnswers() throws InterruptedException {
        // given
        script = number -> number % 2 == 0 ? GOOD : answer("200 OK", "{\"version\": \"2\"}");

        // when
        Instant before = Instant.now();
        LoadReport report = probe("/").rate(100).run(Duration.ofMillis(200));

        // then
        assertThat(report.answersOf("1", before.minusSeconds(1)))
                .isPositive()
                .isEqualTo(report.versions().get("1"));
        assertThat(report.answersOf("1", Instant.now())).isZero();
    }

    @Test
    @DisplayName(
            "the program writes a report and a line for each request, asks for work, and ends with 1 after a failure")
    void program(@TempDir Path folder) throws IOException {
        // given
        Path json = folder.resolve("report.json");
        Path requests = folder.resolve("requests.jsonl");
        String url = "http://127.0.0.1:" + server.getLocalPort() + "/slow?ms=";

        // when
        int good = ProbeCommand.run(
                new PrintWriter(new StringWriter()),
                url,
                "--seconds=1",
                "--rate=20",
                "--work=5",
                "--json=" + json,
                "--requests=" + requests,
                "--old=1",
                "--since=2020-01-01T00:00:00Z");
        script = number -> answer("500 Oops", "");
        StringWriter out = new StringWriter();
        int bad = ProbeCommand.run(new PrintWriter(out), url, "--seconds=1", "--rate=5");

        // then
        JsonNode report = new ObjectMapper().readTree(Files.readString(json));
        List<String> lines = Files.readAllLines(requests);
        assertThat(good).as("every answer is late").isEqualTo(1);
        assertThat(report.path("failed").asInt()).isZero();
        assertThat(report.path("late").asInt()).isEqualTo(lines.size());
        assertThat(report.at("/versions/1/answers").asInt()).isEqualTo(lines.size());
        assertThat(report.at("/latencyMs/p99").asDouble()).isPositive();
        assertThat(new ObjectMapper().readTree(lines.get(0)).path("status").asInt())
                .isEqualTo(200);
        assertThat(bad).isEqualTo(1);
        assertThat(new ObjectMapper()
                        .readTree(out.toString())
                        .at("/failures/status-500")
                        .asInt())
                .isPositive();
    }

    private void serve(Socket socket) throws IOException, InterruptedException {
        try (socket) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.isEmpty()) {
                    String answer = script.answer(asked.incrementAndGet());
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                    if (!isWhole(answer)) {
                        return;
                    }
                }
            }
        }
    }

    private static boolean isWhole(String answer) {
        return answer.endsWith("}") || answer.endsWith("\r\n\r\n");
    }

    private static String answer(String status, String body) {
        return "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private interface Work {
        void run() throws Exception;
    }

    private static void start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception over) {
                // The sockets are closed.
            }
        });
        thread.setDaemon(true);
        thread.start();
    }
}
