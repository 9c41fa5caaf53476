package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a call does when the engine does not answer, answers slowly, or goes away. */
@Timeout(60)
class EngineHttpTest {

    private static final Operation ASKING = Operation.of("ask", "asking", "the engine");
    private static final HttpRequest GET = HttpRequest.get("/thing");
    private static final HttpRequest POST = HttpRequest.post("/thing");

    private final Threads threads = Threads.named("test");
    private final List<AutoCloseable> open = new ArrayList<>();

    private EngineHttp client(FakeEngine engine, int parallelism) {
        EngineHttp http = new EngineHttp(engine.address(), new ApiVersion(1, 41), parallelism, threads);
        open.add(http);
        open.add(engine);
        return http;
    }

    @AfterEach
    void closeAll() throws Exception {
        for (AutoCloseable each : open) {
            each.close();
        }
        threads.close();
    }

    private static void misbehave(String how, FakeEngine.Exchange exchange) throws Exception {
        switch (how) {
            case "no answer" -> exchange.stall();
            case "half a head" -> {
                exchange.write("HTTP/1.1 200 OK\r\nContent-Le");
                exchange.stall();
            }
            case "half a body" -> {
                exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
                exchange.stall();
            }
            case "trickling head" -> {
                exchange.write("HTTP/1.1 200 OK\r\nX-Slow: ");
                exchange.trickle();
            }
            default -> {
                exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
                exchange.trickle();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"no answer", "half a head", "half a body", "trickling head", "trickling body"})
    @DisplayName("a call ends at its deadline and closes its connection, whatever the engine does")
    void deadline(String how) throws Exception {
        FakeEngine engine = new FakeEngine((request, exchange) -> misbehave(how, exchange));
        EngineHttp http = client(engine, 4);
        long begin = System.nanoTime();

        assertThatThrownBy(() -> http.json(ASKING, GET, Deadline.in(Duration.ofMillis(300))))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining("asking the engine (docker) did not finish within 300 ms");

        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
        Eventually.holds(() -> engine.alive.isEmpty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"no answer", "half a body", "trickling body"})
    @DisplayName("an interrupt ends a call, keeps the flag and closes the connection")
    void interrupt(String how) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            asked.countDown();
            misbehave(how, exchange);
        });
        EngineHttp http = client(engine, 4);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread caller = new Thread(() -> {
            try {
                http.json(ASKING, GET, Deadline.none());
            } catch (RuntimeException failure) {
                thrown.set(failure);
            }
            flag.complete(Thread.currentThread().isInterrupted());
        });
        caller.start();
        asked.await();

        caller.interrupt();

        assertThat(flag.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(thrown.get()).isInstanceOf(OperationInterruptedException.class);
        Eventually.holds(() -> engine.alive.isEmpty());
    }

    @Test
    @DisplayName("closing ends calls under way with the error for that")
    void closing() throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            asked.countDown();
            exchange.stall();
        });
        EngineHttp http = client(engine, 4);
        CompletableFuture<JsonNode> call = CompletableFuture.supplyAsync(() -> http.json(ASKING, GET, Deadline.none()));
        asked.await();

        http.close();

        assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(ClosedException.class);
        assertThatThrownBy(() -> http.json(ASKING, GET, Deadline.none())).isInstanceOf(ClosedException.class);
    }

    @Test
    @DisplayName("a connection that was cut is retried for a question")
    void cutIsRetried() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            if (calls.incrementAndGet() < 3) {
                exchange.cut();
            } else {
                exchange.json("{\"answer\":42}");
            }
        });

        JsonNode answer = client(engine, 4).json(ASKING, GET, Deadline.in(Duration.ofSeconds(20)));

        assertThat(answer.path("answer").asInt()).isEqualTo(42);
        assertThat(calls).hasValue(3);
    }

    @Test
    @DisplayName("a change that may have arrived is not sent twice")
    void changesAreNotRepeated() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            calls.incrementAndGet();
            exchange.cut();
        });
        EngineHttp http = client(engine, 4);

        assertThatThrownBy(() -> http.json(ASKING, POST, Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(EngineUnavailableException.class)
                .hasMessageContaining("the connection to tcp://127.0.0.1:");
        assertThat(calls).hasValue(1);
    }

    @Test
    @DisplayName("an error that may pass is retried for a question, and told when it does not pass")
    void serverErrors() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            calls.incrementAndGet();
            exchange.answer(503, "{\"message\":\"busy\"}");
        });
        EngineHttp http = client(engine, 4);

        assertThatThrownBy(() -> http.json(ASKING, GET, Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(Refusal.class)
                .hasMessage("could not ask the engine (docker): the engine answered 503: busy");
        assertThat(calls).hasValue(3);
    }

    @Test
    @DisplayName("an answer that ends too early is no answer")
    void cutInTheMiddleOfAnAnswer() throws Exception {
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            exchange.begin();
            exchange.chunk("{\"a\":");
            exchange.cut();
        });
        EngineHttp http = client(engine, 4);

        assertThatThrownBy(() -> http.json(ASKING, POST, Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(EngineUnavailableException.class);
    }

    @Test
    @DisplayName("connections are used again, and one that the engine closed meanwhile is not")
    void pooling() throws Exception {
        FakeEngine engine = new FakeEngine((request, exchange) -> exchange.json("{}"));
        EngineHttp http = client(engine, 4);
        for (int i = 0; i < 10; i++) {
            http.json(ASKING, POST, Deadline.in(Duration.ofSeconds(20)));
        }
        assertThat(engine.connections).hasValue(1);

        engine.cutAll();
        Eventually.holds(() -> engine.alive.isEmpty());

        http.json(ASKING, POST, Deadline.in(Duration.ofSeconds(20)));
        assertThat(engine.connections).hasValue(2);
    }

    @Test
    @DisplayName("no more calls than configured are under way, and one that waits for its turn keeps its deadline")
    void parallelism() throws Exception {
        CountDownLatch two = new CountDownLatch(2);
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            two.countDown();
            exchange.stall();
        });
        EngineHttp http = client(engine, 2);
        for (int i = 0; i < 2; i++) {
            threads.start("call", () -> {
                try {
                    http.json(ASKING, GET, Deadline.none());
                } catch (RuntimeException closed) {
                    // At the end of the test.
                }
            });
        }
        two.await();

        assertThatThrownBy(() -> http.json(ASKING, GET, Deadline.in(Duration.ofMillis(200))))
                .isInstanceOf(OperationTimeoutException.class);
        assertThat(engine.connections).hasValue(2);
    }

    @Test
    @DisplayName("streams do not take the connections of calls")
    void streamsAreSeparate() throws Exception {
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            if (request.path().contains("stream")) {
                exchange.begin();
                exchange.stall();
            } else {
                exchange.json("{\"ok\":true}");
            }
        });
        EngineHttp http = client(engine, 1);
        CountDownLatch streaming = new CountDownLatch(3);
        for (int i = 0; i < 3; i++) {
            threads.start("stream", () -> {
                try {
                    http.stream(ASKING, HttpRequest.get("/stream"), Deadline.none(), (reply, connection) -> {
                        streaming.countDown();
                        return reply.body().read();
                    });
                } catch (RuntimeException closed) {
                    // At the end of the test.
                }
            });
        }
        streaming.await();

        assertThat(http.json(ASKING, GET, Deadline.in(Duration.ofSeconds(20)))
                        .path("ok")
                        .asBoolean())
                .isTrue();
    }

    @Test
    @DisplayName("what is no HTTP is said to be none")
    void noHttp() throws Exception {
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            exchange.write("220 mail.example ready\r\n");
            exchange.cut();
        });
        EngineHttp http = client(engine, 4);

        assertThatThrownBy(() -> http.json(ASKING, POST, Deadline.in(Duration.ofSeconds(20))))
                .isInstanceOf(EngineUnavailableException.class);
    }

    @Test
    @DisplayName("an upload that the engine refuses half-way ends with the engine's reason")
    void refusedUpload() throws Exception {
        FakeEngine engine = new FakeEngine((request, exchange) -> {
            exchange.answer(400, "{\"message\":\"not so\"}");
            exchange.in.skipNBytes(1_000_000);
            exchange.cut();
        });
        EngineHttp http = client(engine, 4);
        HttpRequest upload = HttpRequest.put("/archive", "application/x-tar", out -> {
            for (int i = 0; i < 10_000; i++) {
                out.write(new byte[64 * 1024]);
            }
        });

        assertThatThrownBy(() -> http.run(ASKING, upload, Deadline.in(Duration.ofSeconds(30))))
                .isInstanceOfAny(Refusal.class, EngineUnavailableException.class);
    }

    @Test
    @DisplayName("neither requests nor replies show what they carry")
    void secretsStaySecret() throws IOException {
        HttpRequest request = HttpRequest.post(
                        "/containers/create", Json.object().put("Env", "PASSWORD=tiger"))
                .withHeader("X-Auth", "tiger");

        assertThat(request.toString()).isEqualTo("POST /containers/create");
        assertThatThrownBy(() -> Json.read("{\"PASSWORD\": tiger".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasMessageNotContaining("tiger");
    }
}
