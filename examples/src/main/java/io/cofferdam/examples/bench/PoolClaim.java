package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import io.cofferdam.pool.EnvironmentPool;
import io.cofferdam.pool.Lease;
import io.cofferdam.pool.PoolOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** From the wish for an environment to the first good answer of the web server in it, with a pool and without. */
final class PoolClaim implements Benchmark {

    private static final int WARM_UP = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int PORT = 8080;

    private static final String SERVER =
            "mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p " + PORT + " -h /www";

    private final boolean docker;

    PoolClaim(boolean docker) {
        this.docker = docker;
    }

    @Override
    public int samples() {
        return 100;
    }

    @Override
    public String about() {
        return (docker ? "Docker" : "processes") + ", claim from a pool to the first good HTTP answer";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        try (Scratch scratch = Scratch.make();
                Orchestrator engine = Cofferdam.open(
                        docker ? Cofferdam.DOCKER : Cofferdam.PROCESS,
                        EngineConfig.builder().stateDirectory(scratch.folder()).build())) {
            EnvironmentSpec spec = spec(image, scratch.folder());
            Samples cold = cold(engine, spec, Math.max(10, samples / 5));
            Samples claimed = new Samples(samples);
            Samples told = new Samples(samples);
            Samples running = claims(engine, spec, PoolOptions.ofSize(2), samples, claimed, told);
            Samples paused = claims(
                    engine,
                    spec,
                    PoolOptions.ofSize(2).asPaused(),
                    samples,
                    new Samples(samples),
                    new Samples(samples));
            return new Report()
                    .fact("cold", cold.document(), "made for it: " + cold.shown() + ", n = " + cold.count())
                    .fact(
                            "running",
                            running.document(),
                            "claimed, kept running: " + running.shown() + ", n = " + running.count())
                    .fact(
                            "claimOnly",
                            claimed.document(),
                            "  of that the claim with its health check: " + claimed.shown())
                    .fact("endpointOnly", told.document(), "  and the engine's answer where it is: " + told.shown())
                    .fact(
                            "paused",
                            paused.document(),
                            "claimed, kept frozen: " + paused.shown() + ", n = " + paused.count());
        }
    }

    private EnvironmentSpec spec(String image, Path state) throws IOException {
        EnvironmentSpec.Builder spec;
        if (docker) {
            spec = EnvironmentSpec.image(image).withCommand("sh", "-c", SERVER);
        } else {
            Path source = Files.writeString(state.resolve("Web.java"), """
                import com.sun.net.httpserver.HttpServer;
                import java.net.InetSocketAddress;
                class Web {
                    public static void main(String[] args) throws Exception {
                        var address = new InetSocketAddress(System.getenv("COFFERDAM_ADDRESS"), %d);
                        HttpServer server = HttpServer.create(address, 0);
                        server.createContext("/", exchange -> {
                            exchange.sendResponseHeaders(200, 6);
                            exchange.getResponseBody().write("hello\\n".getBytes());
                            exchange.close();
                        });
                        server.start();
                    }
                }
                """.formatted(PORT));
            spec = EnvironmentSpec.command(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(), source.toString());
        }
        return spec.name("bench-pool")
                .port(PORT)
                .readyWhen(Readiness.http(PORT, "/"))
                .stopGrace(Duration.ZERO)
                .build();
    }

    private static Samples cold(Orchestrator engine, EnvironmentSpec spec, int samples) throws IOException {
        Samples times = new Samples(samples);
        for (int i = -2; i < samples; i++) {
            long begun = System.nanoTime();
            IsolatedEnvironment environment = engine.environments().run(spec);
            answer(environment.endpoint(PORT));
            if (i >= 0) {
                times.add(System.nanoTime() - begun);
            }
            environment.remove();
        }
        return times;
    }

    /** Tells the whole time; {@code claimed} and {@code told} get two parts of it. */
    private static Samples claims(
            Orchestrator engine, EnvironmentSpec spec, PoolOptions options, int samples, Samples claimed, Samples told)
            throws IOException {
        Samples times = new Samples(samples);
        try (EnvironmentPool pool = EnvironmentPool.open(engine, spec, options)) {
            for (int i = -WARM_UP; i < samples; i++) {
                // A claim that finds one ready is measured, and the pool is at rest meanwhile.
                pool.awaitFull(PATIENCE);
                long begun = System.nanoTime();
                try (Lease lease = pool.claim(PATIENCE)) {
                    long leased = System.nanoTime();
                    Endpoint endpoint = lease.environment().endpoint(PORT);
                    long known = System.nanoTime();
                    answer(endpoint);
                    if (i >= 0) {
                        claimed.add(leased - begun);
                        told.add(known - leased);
                        times.add(System.nanoTime() - begun);
                    }
                }
            }
        }
        return times;
    }

    /** One request over a connection of its own, without a client that would have to be warmed up. */
    private static void answer(Endpoint endpoint) throws IOException {
        try (Socket socket = new Socket(endpoint.host(), endpoint.hostPort())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream().write("GET / HTTP/1.0\r\nHost: bench\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            String status = new String(in.readNBytes(12), StandardCharsets.US_ASCII);
            if (!status.endsWith(" 200")) {
                throw new IOException("the environment answered '" + status + "'");
            }
        }
    }
}
