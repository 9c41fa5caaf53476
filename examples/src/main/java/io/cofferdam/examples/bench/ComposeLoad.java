package io.cofferdam.examples.bench;

import io.cofferdam.compose.ComposeLoader;
import java.nio.file.Path;
import java.util.Map;

/** How long it takes to load a Compose file of 1,000 services as people write them. */
final class ComposeLoad implements Benchmark {

    private static final int SERVICES = 1000;
    private static final int WARM_UP = 10;

    @Override
    public int samples() {
        return 30;
    }

    @Override
    public String about() {
        return "loading a Compose file of " + SERVICES + " services";
    }

    @Override
    public Report measure(int samples, String image) {
        String text = text();
        ComposeLoader loader = ComposeLoader.ofText(text, Path.of("/srv/large")).environment(Map.of("TAG", "2"));
        long start = System.nanoTime();
        loader.load();
        double first = Samples.round((System.nanoTime() - start) / 1e6);
        for (int i = 0; i < WARM_UP; i++) {
            loader.load();
        }
        Samples warm = new Samples(samples);
        for (int i = 0; i < samples; i++) {
            long begin = System.nanoTime();
            loader.load();
            warm.add(System.nanoTime() - begin);
        }
        return new Report()
                .fact("services", SERVICES, SERVICES + " services in " + text.length() + " characters")
                .fact("firstMs", first, "first: " + first + " ms")
                .fact("warm", warm.document(), "warm: " + warm.shown() + ", n = " + warm.count());
    }

    private static String text() {
        StringBuilder text = new StringBuilder(
                "name: large\nx-common: &common\n  restart: unless-stopped\n  logging: {driver: json-file}\nservices:\n");
        for (int i = 0; i < SERVICES; i++) {
            text.append("""
                      service-%1$d:
                        <<: *common
                        image: registry.example/shop/service-%1$d:${TAG:-1}
                        command: ["serve", "--port", "8080"]
                        environment: {PORT: "8080", NAME: service-%1$d, LEVEL: "${LEVEL:-info}"}
                        ports: ["%2$d:8080"]
                        networks: {back: {aliases: [s%1$d]}}
                        volumes: [data:/data, ./conf:/etc/service:ro]
                        healthcheck: {test: [CMD, check, "http://localhost:8080/health"], interval: 10s, retries: 3}
                        deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 128m}}, update_config: {order: start-first}}
                    """.formatted(i, 20_000 + i));
            if (i > 0) {
                text.append("    depends_on: {service-" + i / 2 + ": {condition: service_healthy}}\n");
            }
        }
        return text.append("networks: {back: }\nvolumes: {data: }\n").toString();
    }
}
