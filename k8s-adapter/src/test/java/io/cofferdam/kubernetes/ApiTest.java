package io.cofferdam.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineUnavailableException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NameTakenException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.WrongStateException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests to an API server that misbehaves, and what its refusals mean. */
@Timeout(60)
class ApiTest {

    private static final Operation ASKING = Operation.of("ask", "asking", "'web'");

    private static Deadline soon() {
        return Deadline.in(Duration.ofSeconds(30));
    }

    @Test
    @DisplayName("429: nothing was done, so also a change is asked again, after the time the server wants")
    void tooMany() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        List<Duration> pauses = new ArrayList<>();
        try (FakeApiServer server = new FakeApiServer(exchange -> {
                    if (calls.incrementAndGet() < 3) {
                        exchange.http().getResponseHeaders().add("Retry-After", "7");
                        exchange.refuse(429, "TooManyRequests", "slow down");
                    } else {
                        exchange.answer(201, "{\"kind\":\"ConfigMap\",\"unheardOf\":[1]}");
                    }
                });
                Api api = server.api(Credentials.NONE, pauses::add)) {

            JsonNode made = api.post(ASKING, "/things", Json.object(), soon());

            assertThat(made.path("kind").asText()).isEqualTo("ConfigMap");
            assertThat(pauses).containsExactly(Duration.ofSeconds(7), Duration.ofSeconds(7));
        }
    }

    @Test
    @DisplayName("429 for longer than there is time: told, and not waited for")
    void tooManyForTooLong() throws Exception {
        try (FakeApiServer server = new FakeApiServer(exchange -> {
                    exchange.http().getResponseHeaders().add("Retry-After", "3600");
                    exchange.refuse(429, "TooManyRequests", "slow down");
                });
                Api api = server.api(Credentials.NONE, time -> {})) {

            Refusal refusal = catchThrowableOfType(Refusal.class, () -> api.get(ASKING, "/things", soon()));

            assertThat(Faults.of(ASKING, refusal)).hasMessageContaining("asks to come again later");
            assertThat(server.requests).hasSize(1);
        }
    }

    @Test
    @DisplayName("500: a question is asked again, a change that may have been made is not")
    void serverErrors() throws Exception {
        AtomicInteger calls = new AtomicInteger();
        try (FakeApiServer server = new FakeApiServer(exchange -> {
                    if (calls.incrementAndGet() < 3) {
                        exchange.refuse(500, "InternalError", "etcd is away");
                    } else {
                        exchange.answer(200, "{}");
                    }
                });
                Api api = server.api(Credentials.NONE, time -> {})) {
            assertThat(api.get(ASKING, "/things", soon()).isEmpty()).isTrue();
            assertThat(calls).hasValue(3);

            calls.set(0);
            assertThatThrownBy(() -> api.post(ASKING, "/things", Json.object(), soon()))
                    .isInstanceOf(Refusal.class)
                    .hasMessage("could not ask 'web' (kubernetes): the API server answered 500 InternalError: etcd is"
                            + " away");
            assertThat(calls).hasValue(1);
        }
    }

    @Test
    @DisplayName("401: a token from a file is read again once, because somebody may have written a new one")
    void renewedToken(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "old");
        try (FakeApiServer server = new FakeApiServer(exchange -> {
                    if (exchange.header("Authorization").equals("Bearer new")) {
                        exchange.answer(200, "{\"ok\":true}");
                    } else {
                        Files.writeString(file, "new\n");
                        exchange.refuse(401, "Unauthorized", "Unauthorized");
                    }
                });
                Api api = server.api(new Credentials.TokenFile(file, Clock.systemUTC()), time -> {})) {

            assertThat(api.get(ASKING, "/things", soon()).path("ok").asBoolean())
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "401 | Unauthorized | Unauthorized | renew the user's token",
                "403 | Forbidden | User joe cannot create resource pods in namespace shop | role binding",
                "403 | Forbidden | pods is forbidden: exceeded quota: small | quota is used up",
                "403 | Forbidden | unable to create new content in namespace x because it is being terminated | being"
                        + " removed",
                "404 | NotFound | pods web not found | pods web not found",
                "409 | AlreadyExists | services web already exists | choose another one",
                "409 | Conflict | the object has been modified | try again",
                "422 | Invalid | Pod web is invalid | Pod web is invalid",
                "429 | TooManyRequests | slow down | come again later",
                "503 | ServiceUnavailable | no endpoints | no endpoints"
            })
    @DisplayName("a refusal says what, why and what to do")
    void refusals(int status, String reason, String words, String wanted) throws Exception {
        JsonNode body = Json.object().put("reason", reason).put("message", words);

        CofferdamException failure = Faults.of(ASKING, Refusal.of(ASKING, status, body, null));

        assertThat(failure).hasMessageContaining(wanted).hasMessageContaining(words);
        Class<?> kind = switch (status + reason) {
            case "401Unauthorized" -> EngineUnavailableException.class;
            case "404NotFound" -> NotFoundException.class;
            case "409AlreadyExists" -> NameTakenException.class;
            case "409Conflict" -> WrongStateException.class;
            case "422Invalid" -> InvalidInputException.class;
            default -> CofferdamException.class;
        };
        assertThat(failure).isInstanceOf(kind);
    }

    @Test
    @DisplayName("422: every field that is wrong is told by its path")
    void fields() throws Exception {
        JsonNode body = Json.read("""
            {"reason":"Invalid","message":"Pod is invalid","details":{"causes":[
              {"field":"spec.containers[0].image","message":"Required value"},
              {"field":"metadata.name","message":"must be no more than 63 characters"}]}}\
            """);

        CofferdamException failure = Faults.of(ASKING, Refusal.of(ASKING, 422, body, null));

        assertThat(failure)
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("spec.containers[0].image")
                .hasMessageContaining("metadata.name");
    }

    @Test
    @DisplayName("a server that says nothing is given up at the deadline")
    void silence() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        try (FakeApiServer server = new FakeApiServer(exchange -> end.await());
                Api api = server.api(Credentials.NONE, time -> {})) {
            assertThatThrownBy(() -> api.get(ASKING, "/things", Deadline.in(Duration.ofMillis(300))))
                    .isInstanceOf(OperationTimeoutException.class);
            end.countDown();
        }
    }

    @Test
    @DisplayName("nobody listens: told with the address and what to check")
    void nobodyListens() throws Exception {
        FakeApiServer server = new FakeApiServer(exchange -> exchange.answer(200, "{}"));
        try (Api api = server.api(Credentials.NONE, time -> {})) {
            String address = api.cluster().server();
            api.get(ASKING, "/things", soon());
            Api unreachable = new Api(
                    new Cluster(
                            "test",
                            "http://127.0.0.1:1",
                            "default",
                            null,
                            true,
                            null,
                            List.of(),
                            Credentials.NONE,
                            null),
                    api.client(),
                    server.threads(),
                    1,
                    time -> {});

            assertThatThrownBy(() -> unreachable.get(ASKING, "/things", soon()))
                    .isInstanceOf(EngineUnavailableException.class)
                    .hasMessageContaining("nothing answers at http://127.0.0.1:1");
            assertThat(address).startsWith("http://127.0.0.1:");
        } finally {
            server.close();
        }
    }
}
