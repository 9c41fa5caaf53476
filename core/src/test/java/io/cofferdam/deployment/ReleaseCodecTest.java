package io.cofferdam.deployment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.application.Application;
import io.cofferdam.application.Build;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.Content;
import io.cofferdam.application.Dependency;
import io.cofferdam.application.ExposedPort;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.Service;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentSpecTest;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.error.StorageException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ReleaseCodecTest {

    private final ReleaseCodec codec = new ReleaseCodec(SecretSeal.withKey(new byte[32]));

    @Test
    @DisplayName("an application with every part set is read back as it was, with the same hash for every service")
    void roundTrip() throws ReflectiveOperationException {
        // given
        Application shop = full();

        // when
        Application read = codec.decode(codec.encode(shop));

        // then
        assertThat(read).isEqualTo(shop);
        for (Service service : shop.services()) {
            assertThat(read.contentHash(service.name())).isEqualTo(shop.contentHash(service.name()));
        }
        assertThat(read.services()).extracting(Service::name).containsExactly("migrate", "db", "web");
        Service web = shop.service("web").orElseThrow();
        Service again = read.service("web").orElseThrow();
        for (Method part : parts(EnvironmentSpec.class)) {
            assertThat(part.invoke(again.template())).as(part.getName()).isEqualTo(part.invoke(web.template()));
        }
        for (Method part : parts(Service.class)) {
            assertThat(part.invoke(again)).as(part.getName()).isEqualTo(part.invoke(web));
        }
        for (Method part : parts(Application.class)) {
            assertThat(part.invoke(read)).as(part.getName()).isEqualTo(part.invoke(shop));
        }
    }

    @Test
    @DisplayName("the smallest application is read back as it was")
    void smallest() {
        Application small = small();

        assertThat(codec.decode(codec.encode(small))).isEqualTo(small);
    }

    static Stream<Arguments> whatAnApplicationIsMadeOf() {
        Service web = full().service("web").orElseThrow();
        Service bare = small().service("app").orElseThrow();
        return Stream.of(
                Arguments.of(full(), small(), Set.of()),
                Arguments.of(web, bare, Set.of()),
                // What only the deployment sets, no template of a service may have; 'db' has a pull policy.
                Arguments.of(
                        web.template(), bare.template(), Set.of("name", "stack", "aliases", "networks", "pullPolicy")),
                Arguments.of(
                        web.build().orElseThrow(),
                        new Build(Path.of("/"), null, null, Map.of(), null, Map.of(), null),
                        Set.of()),
                Arguments.of(web.update().orElseThrow(), UpdateSettings.defaults(), Set.of()),
                Arguments.of(
                        web.dependencies().get("db"),
                        new Dependency("x", Dependency.Condition.STARTED, true, false),
                        Set.of()),
                Arguments.of(web.secrets().get(0), FileReference.at("x", "/x"), Set.of()),
                Arguments.of(web.exposedPorts().iterator().next(), new ExposedPort(1, Protocol.TCP), Set.of()),
                Arguments.of(full().networks().get("back"), NetworkDefinition.of("x"), Set.of()),
                Arguments.of(full().volumes().get("data"), VolumeDefinition.of("x"), Set.of()),
                Arguments.of(full().secrets().get("key"), SecretDefinition.of("x", Content.text("x")), Set.of()),
                Arguments.of(full().configs().get("settings"), ConfigDefinition.of("x", Content.text("x")), Set.of()));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatAnApplicationIsMadeOf")
    @DisplayName("no part is forgotten: a new one belongs into this test's full application, and into the codec, of")
    void nothingForgotten(Object full, Object bare, Set<String> leftOut) throws ReflectiveOperationException {
        for (Method part : parts(full.getClass())) {
            if (!leftOut.contains(part.getName())) {
                assertThat(part.invoke(full))
                        .as(
                                "part '%s' of the full %s",
                                part.getName(), full.getClass().getSimpleName())
                        .isNotEqualTo(part.invoke(bare));
            }
        }
    }

    @Test
    @DisplayName("values of extensions keep their types")
    void typesOfExtensions() {
        // given
        Map<String, Object> inner = new LinkedHashMap<>();
        inner.put("nothing", null);
        inner.put("map", Map.of());
        inner.put("Long", 1L);
        List<Object> values = Arrays.asList(
                1,
                1L,
                1.0,
                1.5f,
                (short) 1,
                (byte) 1,
                BigInteger.ONE,
                new BigDecimal("1.10"),
                true,
                "1",
                null,
                List.of(),
                inner);

        // when
        Application shop = small().toBuilder().extension("x-values", values).build();

        // then
        assertThat(codec.decode(codec.encode(shop)).extensions()).isEqualTo(Map.of("x-values", values));
    }

    @Test
    @DisplayName("text of any characters survives, and what is written is plain ASCII")
    void anyText() {
        Application shop = small().toBuilder()
                .label("odd", "\0 \u00fc \ud83d\ude00 \ud800 \n \" \\")
                .build();

        String text = codec.encode(shop);

        assertThat(text).matches("\\p{ASCII}*").doesNotContain("\0");
        assertThat(codec.decode(text)).isEqualTo(shop);
    }

    @Test
    @DisplayName("no secret is written in clear: neither as text nor in base 64")
    void secretsAreSealed() {
        // when
        String text = codec.encode(full());

        // then
        assertThat(text)
                .contains("aes1.")
                .doesNotContain("s3cr3t", "czNjcjN0", "M2NyM3", "NjcjN0")
                .contains("in the clear");
    }

    @Test
    @DisplayName(
            "an application with a secret, or a secret variable, has secrets; one with external ones alone has none")
    void hasSecrets() {
        assertThat(ReleaseCodec.hasSecrets(small())).isFalse();
        assertThat(ReleaseCodec.hasSecrets(small().toBuilder()
                        .change("app", app -> app.secretEnv("A", "b"))
                        .build()))
                .isTrue();
        assertThat(ReleaseCodec.hasSecrets(small().toBuilder()
                        .secret(SecretDefinition.of("key", Content.text("x")))
                        .build()))
                .isTrue();
        assertThat(ReleaseCodec.hasSecrets(small().toBuilder()
                        .secret(SecretDefinition.of("key", Content.external("x")))
                        .build()))
                .isFalse();
    }

    @Test
    @DisplayName("a release that is damaged is told in a sentence that quotes nothing of it")
    void damaged() {
        String text = codec.encode(full());

        for (String broken :
                List.of("", "{", "[]", text.replace("\"INLINE\"", "\"s3cr3t\""), text.replace("\"db\"", "\"D B\""))) {
            assertThatThrownBy(() -> codec.decode(broken))
                    .isInstanceOf(StorageException.class)
                    .hasMessageStartingWith("could not read a release from the store: ")
                    .hasMessageNotContaining("s3cr3t")
                    .hasNoCause();
        }
    }

    @Test
    @DisplayName("a release of a later format is refused with what to do")
    void laterFormat() {
        assertThatThrownBy(() -> codec.decode(codec.encode(small()).replace("\"format\":1", "\"format\":2")))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("format 2")
                .hasMessageContaining("use the version that wrote it");
    }

    @Test
    @DisplayName("a release is not opened with another key")
    void otherKey() {
        String text = codec.encode(full());
        byte[] key = new byte[32];
        key[0] = 1;

        assertThatThrownBy(() -> new ReleaseCodec(SecretSeal.withKey(key)).decode(text))
                .isInstanceOf(SealException.class)
                .hasMessageContaining("another key");
    }

    private static Application small() {
        return Application.named("small").service("app", s -> s.image("app")).build();
    }

    private static Application full() {
        EnvironmentSpec given = EnvironmentSpecTest.full();
        return Application.named("shop")
                .version("2.1")
                .service("migrate", s -> s.image("shop/migrate:2"))
                .service(
                        "db",
                        s -> s.image("db")
                                .volume("data", "/data")
                                .network("back", "store")
                                .instances(i -> i.pullPolicy(PullPolicy.ALWAYS)))
                .service(
                        "web",
                        s -> s.template(instances(given))
                                .buildFrom(new Build(
                                        Path.of("/srv/web"),
                                        "Dockerfile.web",
                                        "FROM x",
                                        Map.of("TOKEN", "s3cr3t-argument"),
                                        "run",
                                        Map.of("built", "yes"),
                                        "0123"))
                                .replicas(3)
                                .dependsOn(new Dependency("db", Dependency.Condition.HEALTHY, false, true))
                                .dependsOn(Dependency.on("migrate").when(Dependency.Condition.COMPLETED))
                                .network("default")
                                .network("back", "www", "shop")
                                .secret(new FileReference("key", "/run/key", "1", "2", 0400))
                                .secret("other", "far")
                                .config(FileReference.toConfig("settings"))
                                .expose(new ExposedPort(9000, Protocol.UDP))
                                .profile("debug")
                                .label("tier", "front")
                                .extension("x-web", List.of("a", 1))
                                .update(new UpdateSettings(
                                        2,
                                        Duration.ofSeconds(1),
                                        UpdateSettings.FailureAction.ROLLBACK,
                                        Duration.ofSeconds(2),
                                        0.3,
                                        UpdateSettings.Order.START_FIRST))
                                .rollback(UpdateSettings.defaults().withParallelism(0)))
                .network(new NetworkDefinition("back", "old-back", true, true, "10.9.0.0/24", Map.of("a", "b")))
                .volume(new VolumeDefinition("data", "old-data", true, Map.of("a", "b")))
                .secret(new SecretDefinition("key", Content.bytes("s3cr3t-content".getBytes()), Map.of("a", "b")))
                .secret(SecretDefinition.of("other", Content.ofVariable("OTHER", "s3cr3t-variable")))
                .secret(SecretDefinition.of("far", Content.external("there")))
                .config(new ConfigDefinition(
                        "settings", Content.ofFile(Path.of("/etc/settings"), new byte[] {0, -1}), Map.of("a", "b")))
                .label("team", "in the clear")
                .extension("x-all", Map.of("k", 1.5))
                .build();
    }

    private static EnvironmentSpec instances(EnvironmentSpec given) {
        EnvironmentSpec.Builder spec = EnvironmentSpec.builder()
                .withImage(given.image().orElseThrow())
                .entrypoint(given.entrypoint().orElseThrow().toArray(String[]::new))
                .withCommand(given.command())
                .env(given.env())
                .secretEnv("TOKEN", "s3cr3t-value")
                .withPorts(given.ports())
                .publish(PortMapping.parse("[::1]:8443:443"))
                .publish(PortMapping.parse("0.0.0.0::81"))
                .withMounts(given.mounts())
                .mount(Mount.temporary("/copy"))
                .limits(given.limits())
                .label("team", "shop")
                .healthCheck(given.healthCheck().orElseThrow())
                .readyWhen(given.readiness())
                .restart(given.restart())
                .lifetime(Lifetime.persistent())
                .imageMaxAge(Duration.ofHours(1))
                .openStdin()
                .terminal()
                .stopSignal(given.stopSignal())
                .stopGrace(given.stopGrace())
                .startTimeout(given.startTimeout())
                .workingDirectory("/srv")
                .user("1000:1000");
        return spec.build();
    }

    private static List<Method> parts(Class<?> type) {
        return Arrays.stream(type.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0)
                .filter(method -> !method.getReturnType().equals(type))
                .filter(method -> !Set.of("hashCode", "toString", "toBuilder").contains(method.getName()))
                .filter(method -> !method.getName().startsWith("with"))
                .toList();
    }
}
