package io.cofferdam.examples.bench;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Readiness;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.Wait;
import org.testcontainers.utility.DockerImageName;

/**
 * From nothing to a container whose web server accepts connections, then to one that answers: by docker-java, by this library and
 * by Testcontainers, in turns. The reaper of Testcontainers is to be off ({@code TESTCONTAINERS_RYUK_DISABLED=true}), and the
 * version of the engine's API that docker-java is to use there is given by {@code -Dapi.version}.
 */
final class AgainstTestcontainers implements Benchmark {

    private static final int WARM_UP = 5;
    private static final int PORT = 8080;

    private static final String[] SERVER = {
        "sh", "-c", "mkdir -p /www; echo hello > /www/index.html; exec httpd -f -p " + PORT + " -h /www"
    };

    /** Made by name from the list of benchmarks, where its source was compiled. */
    AgainstTestcontainers() {}

    @Override
    public int samples() {
        return 100;
    }

    @Override
    public String about() {
        return "Docker, create to an open port and to the first good HTTP answer, docker-java, cofferdam,"
                + " Testcontainers";
    }

    @Override
    public Report measure(int samples, String image) throws Exception {
        Report report = new Report();
        try (Orchestrator engine = Cofferdam.open(Cofferdam.DOCKER);
                RawDocker docker = new RawDocker(engine.info(), image, 8)) {
            for (boolean http : new boolean[] {false, true}) {
                Samples raw = new Samples(samples);
                Samples ours = new Samples(samples);
                Samples theirs = new Samples(samples);
                for (int i = -WARM_UP; i < samples; i++) {
                    long[] times = new long[3];
                    for (int turn = 0; turn < times.length; turn++) {
                        int who = Math.floorMod(i + turn, times.length);
                        times[who] = switch (who) {
                            case 0 -> raw(docker, http);
                            case 1 -> ours(engine, image, http);
                            default -> theirs(image, http);
                        };
                    }
                    if (i >= 0) {
                        raw.add(times[0]);
                        ours.add(times[1]);
                        theirs.add(times[2]);
                    }
                }
                tell(report, http ? "http" : "port", raw, ours, theirs);
            }
        }
        return report;
    }

    private static void tell(Report report, String what, Samples raw, Samples ours, Samples theirs) {
        Map<String, Samples> all = new LinkedHashMap<>();
        all.put("docker-java", raw);
        all.put("cofferdam", ours);
        all.put("testcontainers", theirs);
        all.forEach((who, times) -> {
            double[] ratio = Samples.ratio(times, raw);
            Map<String, Object> document = new LinkedHashMap<>(times.document());
            document.put("ratio", Samples.round(ratio[0]));
            document.put("low95", Samples.round(ratio[1]));
            document.put("high95", Samples.round(ratio[2]));
            report.fact(
                    what + " " + who,
                    document,
                    String.format(
                            "%s, %s: %s, %.3f of docker-java (95 %% interval %.3f to %.3f), n = %d",
                            what, who, times.shown(), ratio[0], ratio[1], ratio[2], times.count()));
        });
    }

    private static long raw(RawDocker docker, boolean http) throws Exception {
        long start = System.nanoTime();
        String id = docker.run("bench-raw", PORT, SERVER);
        if (http) {
            DockerReady.awaitAnswer(docker.published(id, PORT));
        } else {
            InetSocketAddress address = new InetSocketAddress(docker.address(id), PORT);
            while (!DockerReady.accepts(address)) {
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
        long time = System.nanoTime() - start;
        docker.remove(id);
        return time;
    }

    private static long ours(Orchestrator engine, String image, boolean http) {
        EnvironmentSpec spec = EnvironmentSpec.image(image)
                .name("bench-ours")
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

    private static long theirs(String image, boolean http) {
        try (GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(image))) {
            container
                    .withExposedPorts(PORT)
                    .withCommand(SERVER)
                    .waitingFor(http ? Wait.forHttp("/").forPort(PORT) : Wait.forListeningPort());
            long start = System.nanoTime();
            container.start();
            return System.nanoTime() - start;
        }
    }
}
