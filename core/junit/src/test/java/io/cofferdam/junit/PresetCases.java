package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.IsolatedEnvironment;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Real servers behind presets. */
abstract class PresetCases extends Cases {

    /** The local images of the programs of this machine stand for the published ones. */
    static final Map<String, String> LOCAL_IMAGES = Map.of(
            "cofferdam.images", "postgres:*=cofferdam-test/postgres:15, redis:*=cofferdam-test/redis:7",
            "cofferdam.pull", "never");

    @CofferdamTest
    @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
    static class Postgresql {
        @Environment
        static final Preset DATABASE =
                Presets.postgresql().withDatabase("shop db").withCredentials("o neil", "p%w \"x");

        @Test
        void isReached(ConnectionDetails database) throws SQLException {
            try (Connection connection = database.connect();
                    Statement statement = connection.createStatement();
                    ResultSet result = statement.executeQuery("SELECT current_database(), current_user")) {
                assertThat(result.next()).isTrue();
                assertThat(result.getString(1)).isEqualTo("shop db");
                assertThat(result.getString(2)).isEqualTo("o neil");
            }
        }

        @Test
        void tellsItsUris(@From URI uri, @From String jdbcUrl, ConnectionDetails database) {
            assertThat(uri.getUserInfo()).isEqualTo("o neil:p%w \"x");
            assertThat(uri.getPath()).isEqualTo("/shop db");
            assertThat(uri.getPort()).isEqualTo(database.port());
            assertThat(jdbcUrl).isEqualTo("jdbc:postgresql://" + database.endpoint() + "/shop%20db");
            assertThat(database.toString()).doesNotContain("p%w");
        }

        @Nested
        @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
        class PutBack {
            @Environment(reset = Reset.DATA)
            static final Preset BY_DATA = Presets.postgresql();

            @Environment(reset = Reset.SNAPSHOT)
            static final Preset BY_SNAPSHOT = Presets.postgresql();

            @RepeatedTest(3)
            @Order(1)
            void findsNothingOfTheTestBefore(
                    @From("by-data") ConnectionDetails first, @From("by-snapshot") ConnectionDetails second)
                    throws SQLException {
                for (ConnectionDetails database : new ConnectionDetails[] {first, second}) {
                    try (Connection connection = database.connect();
                            Statement statement = connection.createStatement()) {
                        // Fails if it is there already.
                        statement.execute("CREATE TABLE orders (id int)");
                    }
                }
            }
        }
    }

    @CofferdamTest
    static class Redis {
        @Environment(reset = Reset.DATA)
        static final Preset CACHE = Presets.redis();

        @RepeatedTest(2)
        void forgets(ConnectionDetails cache) throws Exception {
            assertThat(ask(cache, "GET key")).isEqualTo("$-1");
            assertThat(ask(cache, "SET key value")).isEqualTo("+OK");
        }

        private static String ask(ConnectionDetails cache, String command) throws Exception {
            try (Socket socket = new Socket(cache.host(), cache.port())) {
                new PrintStream(socket.getOutputStream(), true, StandardCharsets.US_ASCII).print(command + "\r\n");
                return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
            }
        }
    }

    @CofferdamTest
    static class Nginx {
        @Environment
        static final Preset WEB = Presets.nginx();

        @Test
        void answers(@From URI web, IsolatedEnvironment environment) throws Exception {
            HttpResponse<String> answer = HttpClient.newHttpClient()
                    .send(HttpRequest.newBuilder(web).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).contains("Welcome to nginx!");
            assertThat(environment.status().endpoints()).hasSize(1);
        }
    }
}
