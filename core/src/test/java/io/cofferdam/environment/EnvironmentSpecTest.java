package io.cofferdam.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.error.InvalidInputException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class EnvironmentSpecTest {

    @Test
    @DisplayName("every problem of a specification is reported at once, each with its place")
    void everyProblemAtOnce() {
        InvalidInputException thrown = catchThrowableOfType(
                InvalidInputException.class,
                () -> EnvironmentSpec.builder()
                        .name("Not A Name")
                        .alias("d b")
                        .env("A=B", "x")
                        .publish(PortMapping.fixed(80, 80))
                        .publish(PortMapping.fixed(80, 81))
                        .mount(Mount.tmpfs("relative", 0L))
                        .stopSignal("TERMINATE")
                        .stopGrace(Duration.ofSeconds(-1))
                        .startTimeout(Duration.ZERO)
                        .healthCheck(
                                HealthCheck.of(Probe.http(70_000, "no slash")).withRetries(0))
                        .readyWhen(Readiness.log("("))
                        .label("io.cofferdam.mine", "x")
                        .build());

        assertThat(thrown.problems())
                .extracting(problem -> problem.where())
                .contains(
                        "name",
                        "aliases",
                        "labels",
                        "image",
                        "stopSignal",
                        "env",
                        "ports",
                        "mounts",
                        "mounts.relative",
                        "stopGrace",
                        "startTimeout",
                        "healthCheck.retries",
                        "healthCheck.probe",
                        "readyWhen.log");
        assertThat(thrown).hasMessageContaining("environment 'Not A Name' has").hasMessageContaining("\n  - name: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-a", "a-", "A", "a_b", "a.b", "ü", "a b", "../etc"})
    @DisplayName("a name is a label of RFC 1123")
    void refusesNames(String name) {
        assertThatThrownBy(() -> EnvironmentSpec.command("true").name(name).build())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("is no name");
    }

    @Test
    @DisplayName("a name has at most 63 characters")
    void lengthOfNames() {
        assertThat(EnvironmentSpec.command("true").name("a".repeat(63)).build().name())
                .contains("a".repeat(63));
        assertThatThrownBy(() ->
                        EnvironmentSpec.command("true").name("a".repeat(64)).build())
                .isInstanceOf(InvalidInputException.class);
    }

    @Test
    @DisplayName("secrets are in the variables and not in the text")
    void secretsAreNotShown() {
        EnvironmentSpec spec = EnvironmentSpec.image("shop/db:1")
                .env("USER", "shop")
                .secretEnv("PASSWORD", "hunter2-and-more")
                .build();

        assertThat(spec.env()).containsEntry("PASSWORD", "hunter2-and-more");
        assertThat(spec.secretNames()).containsExactly("PASSWORD");
        assertThat(spec.toString())
                .contains("USER=shop")
                .contains("PASSWORD=***")
                .doesNotContain("hunter2");
    }

    @Test
    @DisplayName("a variable set again without being called a secret is none any more")
    void secretNoMore() {
        EnvironmentSpec spec =
                EnvironmentSpec.image("a").secretEnv("X", "one").env("X", "two").build();

        assertThat(spec.secretNames()).isEmpty();
    }

    @Test
    @DisplayName("toBuilder keeps everything, and changing the copy leaves the original alone")
    void toBuilderKeepsEverything() {
        EnvironmentSpec spec = full();

        assertThat(spec.toBuilder().build()).isEqualTo(spec).hasSameHashCodeAs(spec);
        assertThat(spec.toBuilder().env("MORE", "1").build()).isNotEqualTo(spec);
        assertThat(spec.env()).doesNotContainKey("MORE");
    }

    @Test
    @DisplayName("there has to be an image or a command")
    void needsSoftware() {
        assertThatThrownBy(() -> EnvironmentSpec.template(Path.of("somewhere")).build())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("neither an image nor a command");
    }

    /** A specification in which every part is set. */
    public static EnvironmentSpec full() {
        return EnvironmentSpec.image("shop/web:2")
                .withTemplate(Path.of("/srv/template"))
                .name("web")
                .stack("shop")
                .alias("www", "frontend")
                .entrypoint("/bin/tini", "--")
                .withCommand("serve", "a b", "")
                .env("EMPTY", "")
                .env("QUOTES", "\"'\n\t\\ü")
                .secretEnv("TOKEN", "s3cr3t-value")
                .port(80)
                .publish(PortMapping.parse("0.0.0.0:5353:53/udp"))
                .mount(Mount.bind(Path.of("/etc"), "/host-etc").asReadOnly())
                .mount(Mount.volume("data", "/data"))
                .mount(Mount.tmpfs("/scratch", 1024L))
                .mount(Mount.tmpfs("/run", null))
                .limits(new ResourceLimits(1L << 28, 0.5, 100L, 1L << 30))
                .label("team", "shop")
                .healthCheck(new HealthCheck(
                        Probe.command("check", "--now"),
                        Duration.ofMillis(1500),
                        Duration.ofSeconds(1),
                        4,
                        Duration.ofSeconds(9)))
                .readyWhen(Readiness.allOf(
                        Readiness.anyOf(Readiness.port(80), Readiness.http(80, "/ok?a=b")),
                        Readiness.probe(Probe.https(443, "/up")
                                .trustingAll()
                                .withStatusRange(200, 204)
                                .withHeader("X-Up", "yes|no")
                                .withBody("\"UP\"")),
                        Readiness.log("ready \\d+", 2),
                        Readiness.command("test", "-f", "x"),
                        Readiness.uptime(Duration.ofMillis(10)),
                        Readiness.healthy(),
                        Readiness.running(),
                        Readiness.byDefault()))
                .restart(RestartPolicy.onFailure(3).andWhenUnhealthy())
                .lifetime(Lifetime.ttl(Duration.ofMinutes(5)))
                .pullPolicy(PullPolicy.NEVER)
                .stopSignal("SIGINT")
                .stopGrace(Duration.ofMillis(2500))
                .startTimeout(Duration.ofSeconds(7))
                .workingDirectory("/srv")
                .user("1000:1000")
                .build();
    }
}
