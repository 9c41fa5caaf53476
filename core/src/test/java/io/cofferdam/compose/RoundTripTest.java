package io.cofferdam.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.Build;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.Content;
import io.cofferdam.application.Dependency;
import io.cofferdam.application.ExposedPort;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.RestartPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is written can be read again, and is the same. */
class RoundTripTest {

    private static final String[] TEXTS = {
        "a",
        "",
        " ",
        "no",
        "on",
        "22:22",
        "0440",
        "1.10",
        "null",
        "~",
        "$HOME",
        "${X:-y}",
        "$$",
        "a: b",
        "# c",
        "- x",
        "\"quoted\"",
        "it's",
        "back\\slash",
        "two\nlines\n",
        "tab\t",
        "\u00e4\u20ac\ud83d\ude80",
        "\u0085\u2028\ufeff",
        "\u0001",
        "@x",
        "*a",
        "&a",
        "!t",
        "{a}",
        "[a]",
        "%x",
        "=",
        "<<",
        "true",
        "x".repeat(300),
        "https://me:pw@host/"
    };

    private static Application reload(Application application) {
        return ComposeLoader.ofText(ComposeWriter.writeWithSecrets(application), Composed.FOLDER)
                .environment(Map.of("SECRET", "value"))
                .profiles("*")
                .load()
                .application();
    }

    @Test
    @DisplayName("a small application, as it is written")
    void shape() {
        // given
        Application shop = Application.named("shop")
                .version("2")
                .service(
                        "web",
                        s -> s.image("shop/web:2")
                                .port(8080)
                                .secretEnv("TOKEN", "hunter2")
                                .dependsOn("db"))
                .service("db", s -> s.image("postgres:15").volume("data", "/data"))
                .build();

        // then
        assertThat(ComposeWriter.write(shop)).isEqualTo("""
                        name: shop
                        services:
                          web:
                            image: "shop/web:2"
                            environment:
                              TOKEN: "***"
                            ports:
                              -
                                target: 8080
                                host_ip: "127.0.0.1"
                                protocol: tcp
                            depends_on:
                              db:
                                condition: service_started
                            restart: "no"
                            stop_signal: SIGTERM
                            stop_grace_period: "10s"
                            deploy:
                              replicas: 1
                            x-cofferdam:
                              secret-env:
                                - TOKEN
                          db:
                            image: "postgres:15"
                            volumes:
                              -
                                type: volume
                                source: data
                                target: /data
                            restart: "no"
                            stop_signal: SIGTERM
                            stop_grace_period: "10s"
                            deploy:
                              replicas: 1
                        volumes:
                          data: {}
                        x-cofferdam:
                          version: "2"
                        """);
        assertThat(reload(shop)).isEqualTo(shop);
    }

    @Test
    @DisplayName("values of secrets are hidden, wherever they are, unless they are asked for")
    void hidden() {
        // given
        Application shop = Application.named("shop")
                .secret(SecretDefinition.of("key", Content.text("hunter2")))
                .service(
                        "web",
                        s -> s.image("i")
                                .env("PASSWORD", "visible")
                                .secretEnv("PLAIN", "hunter2")
                                .secret("key")
                                .buildFrom(Build.from(Path.of("/b")).withArg("TOKEN", "hunter2")))
                .build();

        // then
        assertThat(ComposeWriter.write(shop)).doesNotContain("hunter2").contains("visible");
        assertThat(ComposeWriter.document(shop).toString()).doesNotContain("hunter2");
        assertThat(ComposeWriter.writeWithSecrets(shop)).contains("hunter2");
    }

    @Test
    @DisplayName("300 random applications come back equal, with equal hashes, and are written the same again")
    void property() {
        long seed = new Random().nextLong();
        for (int i = 0; i < 300; i++) {
            // given
            Application before = random(new Random((seed + i) * 0x9E3779B97F4A7C15L));

            // when
            Application after = reload(before);

            // then
            assertThat(after).as("seed " + (seed + i)).isEqualTo(before);
            before.services()
                    .forEach(service -> assertThat(after.contentHash(service.name()))
                            .isEqualTo(before.contentHash(service.name())));
            assertThat(ComposeWriter.writeWithSecrets(after)).isEqualTo(ComposeWriter.writeWithSecrets(before));
        }
    }

    private static Application random(Random random) {
        ApplicationBuilder application = Application.named("p" + random.nextInt(100));
        if (random.nextBoolean()) {
            application.version("v" + random.nextInt(10));
        }
        application.secret(SecretDefinition.of("inline", Content.text(text(random))));
        application.secret(SecretDefinition.of(
                "bytes", Content.bytes(new byte[] {(byte) 0xff, 0, (byte) random.nextInt()})));
        application.secret(
                new SecretDefinition("variable", Content.ofVariable("SECRET", "value"), Map.of("l", text(random))));
        application.config(ConfigDefinition.of("outside", Content.external("x")));
        application.network(NetworkDefinition.of("back").asInternal().withSubnet("10.0.0.0/24"));
        application.network(NetworkDefinition.external("old", "legacy_net"));
        application.volume(VolumeDefinition.external("data", "Old_Data"));
        if (random.nextBoolean()) {
            application.label("team", text(random));
            Map<String, Object> inner = new LinkedHashMap<>();
            inner.put("n", null);
            inner.put("text", text(random));
            application.extension(
                    "x-data", Arrays.asList(1L, 2.5, true, null, inner, Double.NEGATIVE_INFINITY, List.of(), Map.of()));
        }
        int services = 1 + random.nextInt(4);
        for (int i = 0; i < services; i++) {
            int number = i;
            application.service("s" + i, service -> fill(service, number, random));
        }
        return application.build();
    }

    private static void fill(ServiceBuilder service, int number, Random random) {
        if (random.nextBoolean()) {
            service.image("img:" + number);
        } else {
            service.command("run", text(random));
        }
        maybe(random, () -> service.entrypoint("e", text(random)));
        maybe(random, () -> service.env("A", text(random)).env("DB_PASSWORD", text(random)));
        maybe(random, () -> service.secretEnv("HIDDEN", text(random)));
        maybe(random, () -> service.port(80).publish(new PortMapping(53, Protocol.UDP, 5300, "0.0.0.0")));
        maybe(random, () -> service.publish(new PortMapping(443, Protocol.TCP, null, "::1")));
        maybe(random, () -> service.expose(new ExposedPort(9, Protocol.UDP)).expose(10));
        maybe(
                random,
                () -> service.volume("data", "/data")
                        .mount(Mount.bind(Path.of("/x y"), "/b").asReadOnly()));
        maybe(
                random,
                () -> service.mount(Mount.temporary("/own"))
                        .mount(Mount.tmpfs("/t", 5L))
                        .mount(Mount.tmpfs("/u", null)));
        maybe(random, () -> service.memory("10m").cpus(random.nextInt(1, 99) / 10.0));
        maybe(
                random,
                () -> service.instances(i -> i.pids(5).limits(i.build().limits().withDisk(7))));
        maybe(
                random,
                () -> service.healthCheck(
                        HealthCheck.of(probe(random)).withInterval(Duration.ofNanos(1_500_000_001L))));
        maybe(random, () -> service.restart(RestartPolicy.onFailure(random.nextInt(3))));
        maybe(random, () -> service.stopGrace(Duration.ofMillis(random.nextInt(100_000))));
        maybe(random, () -> service.replicas(random.nextInt(5)));
        maybe(random, () -> service.network("back", "Some_Alias").network("default"));
        maybe(
                random,
                () -> service.secret("inline", "variable")
                        .secret(new FileReference("bytes", "/b.key", "1", "2", 0400)));
        maybe(random, () -> service.config(FileReference.toConfig("outside")));
        maybe(random, () -> service.profile("debug", "x"));
        maybe(random, () -> service.label("tier", text(random)).extension("x-own", text(random)));
        maybe(
                random,
                () -> service.update(UpdateSettings.defaults()
                        .withOrder(UpdateSettings.Order.START_FIRST)
                        .withDelay(Duration.ofSeconds(5))
                        .withMaxFailureRatio(0.3)));
        maybe(
                random,
                () -> service.rollback(UpdateSettings.defaults()
                        .withParallelism(0)
                        .withFailureAction(UpdateSettings.FailureAction.CONTINUE)));
        maybe(
                random,
                () -> service.buildFrom(Build.from(Path.of("/ctx"))
                        .withArg("A", text(random))
                        .withDigest("d")
                        .withTarget("t")));
        maybe(random, () -> service.folder(Path.of("/folder")));
        maybe(
                random,
                () -> service.instances(i -> i.user("1:2")
                        .workingDirectory("/w")
                        .stopSignal("SIGINT")
                        .label("l", text(random))));
        maybe(
                random,
                () -> service.instances(i -> i.pullPolicy(PullPolicy.NEVER).startTimeout(Duration.ofSeconds(7))));
        maybe(
                random,
                () -> service.instances(i -> i.readyWhen(Readiness.anyOf(
                        Readiness.healthy(),
                        new Readiness.Log("a.*b", 2),
                        new Readiness.Probed(probe(random)),
                        Readiness.uptime(Duration.ofMillis(5))))));
        if (number > 0) {
            maybe(random, () -> service.dependsOn("s0"));
            maybe(
                    random,
                    () -> service.dependsOn(Dependency.on("gone").asOptional().withRestart()));
        }
    }

    private static Probe probe(Random random) {
        return switch (random.nextInt(3)) {
            case 0 -> Probe.tcp(80);
            case 1 -> Probe.command("check", text(random));
            default ->
                Probe.http(80, "/up")
                        .withStatusRange(200, 204)
                        .withHeader("X", "a|b")
                        .withBody("^ok$")
                        .trustingAll();
        };
    }

    private static void maybe(Random random, Runnable what) {
        if (random.nextInt(3) == 0) {
            what.run();
        }
    }

    private static String text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)];
    }
}
