package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.TimeUnit;

/** From nothing to a container whose web server accepts connections, or answers. */
final class DockerReady implements Benchmark {

    private static final int WARM_UP = 10;
    private static final int PORT = 8080;

    private static final String[] SERVER = {
        "sh", "-c", "mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p " + PORT + " -h /www"
    };

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    private final boolean http;

    DockerReady(boolean http) {
        this.http = http;
    }

    @Override
    public int samples() {
        return 100;
    }

    @Override
    public String about() {
        return "Docker, create to " + (http ? "the first good HTTP answer" : "an open port")
                + ", against docker-java asking every millisecond";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Samples raw = new Samples(samples);
        Samples ours = new Samples(samples);
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker docker = new RawDocker(engine.info(), image, 32)) {
            for (int i = -WARM_UP; i < samples; i++) {
                long rawTime = i % 2 == 0 ? raw(docker, i) : 0;
                long ourTime = ours(engine, image, i);
                rawTime = i % 2 == 0 ? rawTime : raw(docker, i);
                if (i >= 0) {
                    raw.add(rawTime);
                    ours.add(ourTime);
                }
            }
        }
        return new Report().comparison("docker-java", raw, ours);
    }

    private long raw(RawDocker docker, int i) throws Exception {
        long start = System.nanoTime();
        String id = docker.run("bench-raw-" + (i + WARM_UP), PORT, SERVER);
        if (http) {
            awaitAnswer(docker.published(id, PORT));
        } else {
            InetSocketAddress address = new InetSocketAddress(docker.address(id), PORT);
            while (!accepts(address)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        long time = System.nanoTime() - start;
        docker.remove(id);
        return time;
    }

    static boolean accepts(InetSocketAddress address) {
        try (Socket socket = new Socket()) {
            socket.connect(address, 100);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Asks every millisecond. */
    static void awaitAnswer(int port) throws InterruptedException {
        while (!answers(port)) {
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    private static boolean answers(int port) throws InterruptedException {
        try {
            return CLIENT.send(
                                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                                            .build(),
                                    BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException notYet) {
            return false;
        }
    }

    private long ours(Orchestrator engine, String image, int i) {
        EnvironmentSpec spec = EnvironmentSpec.image(image)
                .name("bench-" + (i + WARM_UP))
                .port(PORT)
                .withCommand(SERVER)
                .readyWhen(http ? Readiness.http(PORT, "/") : Readiness.port(PORT))
                .build();
        long start = System.nanoTime();
        IsolatedEnvironment environment = engine.environments().run(spec);
        long time = System.nanoTime() - start;
        environment.remove();
        return time;
    }
}
