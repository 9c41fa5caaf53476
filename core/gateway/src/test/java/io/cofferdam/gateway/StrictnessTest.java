package io.cofferdam.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteProtocol;
import io.cofferdam.traffic.RouteTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests that two readers could read in two ways reach no target. */
class StrictnessTest {

    private ServerSocket target;
    private Gateway gateway;
    private int port;

    @BeforeEach
    void open() throws IOException {
        target = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        gateway = Gateway.inProcess();
        RouteTarget only = new RouteTarget("only", "127.0.0.1", target.getLocalPort(), 1);
        port = gateway.apply("shop", List.of(new Route("web", "127.0.0.1", 0, RouteProtocol.HTTP, List.of(only))))
                .get(0)
                .port();
    }

    @AfterEach
    void close() throws IOException {
        gateway.close();
        target.close();
    }

    private String ask(String request) throws IOException {
        try (Socket client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(20_000);
            client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "'POST / HTTP/1.1|Host: x|Content-Length: 3|Transfer-Encoding: chunked||0||', both a length and chunks",
        "'POST / HTTP/1.1|Host: x|Content-Length: 3|Content-Length: 4||abcd', two lengths",
        "'POST / HTTP/1.1|Host: x|Content-Length: +3||abc', a length with a sign",
        "'POST / HTTP/1.1|Host: x|Transfer-Encoding: gzip, chunked||0||', another coding",
        "'POST / HTTP/1.1|Host: x|Transfer-Encoding: chunked|Transfer-Encoding: identity||0||', two codings",
        "'POST / HTTP/1.1|Host: x|Transfer-Encoding : chunked||0||', a space before the colon",
        "'POST / HTTP/1.0|Transfer-Encoding: chunked||0||', chunks in HTTP/1.0",
        "'GET / HTTP/1.1|Host: x|Host: y||', two hosts",
        "'GET / HTTP/1.1||', no host"
    })
    void refuses(String lines, String why) throws IOException {
        String answer = ask(lines.replace("|", "\r\n"));

        assertThat(answer).as(why).startsWith("HTTP/1.1 400 ").contains("Connection: close".toLowerCase());
        assertNothingReachedTheTarget();
    }

    @Test
    void refusesHeadsThatAreTooLong() throws IOException {
        assertThat(ask("GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n"))
                .startsWith("HTTP/1.1 414 ");
        assertThat(ask("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(70_000) + "\r\n\r\n"))
                .startsWith("HTTP/1.1 431 ");
        assertNothingReachedTheTarget();
    }

    private void assertNothingReachedTheTarget() throws IOException {
        target.setSoTimeout(1);
        try (Socket reached = target.accept()) {
            assertThat(reached).as("a connection to the target").isNull();
        } catch (java.net.SocketTimeoutException nothing) {
            assertThat(nothing).isNotNull();
        }
    }
}
