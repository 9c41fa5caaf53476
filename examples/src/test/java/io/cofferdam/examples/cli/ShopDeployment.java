package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.examples.load.Load;
import io.cofferdam.examples.load.LoadProbe;
import io.cofferdam.examples.load.LoadReport;
import io.cofferdam.examples.shop.ShopCopy;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The shop under load, rolled and broken: the same on every engine. */
@Timeout(300)
abstract class ShopDeployment {

    private static final String PROJECT = "shop" + ProcessHandle.current().pid();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    @TempDir
    private Path folder;

    private String file = "";
    private int port;

    /** Where the engine is. */
    abstract List<String> engine(Path state);

    @BeforeEach
    void copy() throws IOException, URISyntaxException {
        file = ShopCopy.in(folder.resolve("shop")).toString();
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
    }

    @AfterEach
    void remove() {
        assertThat(run("1", "none", "down", PROJECT, "--volumes").exitCode()).isZero();
    }

    @Test
    @DisplayName(
            "the shop is switched to its next version under load without a failed request, and a bad version is taken back")
    void shop() throws Exception {
        // given
        Cli.Outcome first = run("1", "none", "deploy", file, "-p", PROJECT);
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(get("/")).contains("version 1", "0 orders wait");

        // when
        LoadReport report;
        try (Load load = LoadProbe.of(uri("/slow?ms="))
                .rate(30)
                .work(Duration.ofMillis(500))
                .start()) {
            Cli.Outcome second =
                    run("2", "none", "deploy", file, "-p", PROJECT, "--strategy", "blue-green", "--wait", "1s");
            assertThat(second.exitCode()).as(second.err()).isZero();
            report = load.stop();
        }

        // then
        assertThat(report.failures()).isEmpty();
        assertThat(report.versions()).containsOnlyKeys("1", "2");
        assertThat(report.answersOf("1", switched().plusSeconds(1))).isZero();

        // when
        Cli.Outcome bad = run("3", "crash", "deploy", file, "-p", PROJECT, "--progress-deadline", "20s", "--json");

        // then
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.json().path("status").asText()).as(bad.out()).isEqualTo("rolled-back");
        assertThat(get("/version")).contains("\"version\":\"2\"");
    }

    private Instant switched() throws IOException {
        Instant last = Instant.MIN;
        for (String line :
                run("1", "none", "events", PROJECT, "--json").out().lines().toList()) {
            JsonNode event = new ObjectMapper().readTree(line);
            if (event.path("type").asText().equals("traffic_switched")) {
                last = Instant.parse(event.path("at").asText());
            }
        }
        return last;
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private String get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString())
                .body();
    }

    private Cli.Outcome run(String version, String fault, String... args) {
        List<String> all = new ArrayList<>(engine(folder.resolve("processes")));
        all.addAll(List.of(args));
        return new Cli()
                .variable("COFFERDAM_STATE", folder.resolve("state").toString())
                .variable("SHOP_BASE", "cofferdam-test/java:17")
                .variable("SHOP_PORT", Integer.toString(port))
                .variable("SHOP_VERSION", version)
                .variable("SHOP_FAULT", fault)
                .run(all.toArray(String[]::new));
    }
}
