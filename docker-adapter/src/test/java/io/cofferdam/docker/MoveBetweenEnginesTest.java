package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.ImportOptions;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.Snapshot;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An environment that moves from processes to Docker and back keeps its files and goes on answering. */
class MoveBetweenEnginesTest {

    private static final String SERVER = """
            import com.sun.net.httpserver.HttpServer;
            import java.net.InetSocketAddress;
            import java.nio.file.*;
            class Server {
                public static void main(String[] arguments) throws Exception {
                    String address = System.getenv().getOrDefault("COFFERDAM_ADDRESS", "0.0.0.0");
                    HttpServer server = HttpServer.create(new InetSocketAddress(address, 8080), 0);
                    server.createContext("/", exchange -> {
                        byte[] body = Files.readAllBytes(Path.of("data/answer"));
                        exchange.sendResponseHeaders(200, body.length);
                        exchange.getResponseBody().write(body);
                        exchange.close();
                    });
                    server.start();
                }
            }
            """;

    @Test
    void fromProcessesToDockerAndBack(@TempDir Path folder) throws Exception {
        String name = "moving-" + Long.toHexString(System.nanoTime());
        Path template = Files.createDirectories(folder.resolve("template"));
        Files.writeString(template.resolve("Server.java"), SERVER);
        EngineConfig here =
                EngineConfig.builder().stateDirectory(folder.resolve("state")).build();
        try (Orchestrator processes = Cofferdam.open(Cofferdam.PROCESS, here);
                Orchestrator docker = Cofferdam.open(Cofferdam.DOCKER)) {
            Files.createDirectories(template.resolve("data"));
            Files.writeString(template.resolve("data/answer"), "from the template");
            try (IsolatedEnvironment first = processes
                    .environments()
                    .run(EnvironmentSpec.template(template)
                            .withCommand("java", "Server.java")
                            .name(name)
                            .port(8080)
                            .readyWhen(Readiness.http(8080, "/"))
                            .build())) {
                first.exec("sh", "-c", "printf 'changed inside' > data/answer");
                assertThat(answer(first)).isEqualTo("changed inside");
                Path outward = folder.resolve("outward.tar.gz");
                processes.snapshots().exportTo(first.snapshot(name), outward);
                first.remove();
                Path homeward = folder.resolve("homeward.tar.gz");

                Snapshot there = docker.snapshots()
                        .importFrom(outward, ImportOptions.ofDefaults().withImage("cofferdam-test/java:17"));
                IsolatedEnvironment second = docker.snapshots().fork(there, name);
                try {
                    second.start();
                    assertThat(answer(second)).isEqualTo("changed inside");
                    second.exec("sh", "-c", "printf 'changed in Docker' > data/answer");
                    Snapshot changed = second.snapshot(name + "-2");
                    docker.snapshots().exportTo(changed, homeward);
                } finally {
                    second.remove();
                    docker.snapshots().remove(name + "-2");
                    docker.snapshots().remove(name);
                }

                Snapshot back = processes.snapshots().importFrom(homeward, ImportOptions.ofDefaults());
                IsolatedEnvironment third = processes.snapshots().fork(back, name);
                third.start();
                assertThat(answer(third)).isEqualTo("changed in Docker");
                third.remove();
            }
        }
    }

    private static String answer(IsolatedEnvironment environment) throws Exception {
        HttpRequest request =
                HttpRequest.newBuilder(environment.endpoint(8080).uri("http")).build();
        return HttpClient.newHttpClient()
                .send(request, HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
