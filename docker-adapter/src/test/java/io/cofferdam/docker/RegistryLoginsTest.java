package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.RegistryCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Where logins come from, and what is never shown of them. */
@Timeout(60)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the credential helpers of these tests are shell scripts")
class RegistryLoginsTest {

    private static final String REGISTRY = "registry.example:5000";
    private static final String SECRET = "hunter2-very-secret";
    private static final Operation PULLING = Operation.of("pull", "pulling", "image 'x'");

    @TempDir
    Path home;

    private final Threads threads = Threads.named("logins-test");
    private EngineConfig config = EngineConfig.defaults();

    @AfterEach
    void close() {
        threads.close();
    }

    private RegistryLogins logins() {
        Surroundings around = new Surroundings(
                Map.of("DOCKER_CONFIG", home.toString(), "PATH", home + ":/usr/bin:/bin"), home, false);
        return new RegistryLogins(config, around, new CredentialProgram(around, threads, Duration.ofMillis(1500)));
    }

    private JsonNode login(String registry) throws IOException {
        Optional<String> header = logins().header(PULLING, registry, Optional.empty(), deadline());
        return Json.read(header.map(Base64.getUrlDecoder()::decode).orElse(new byte[0]));
    }

    private static Deadline deadline() {
        return Deadline.in(Duration.ofSeconds(20));
    }

    private void client(String json) throws IOException {
        Files.writeString(home.resolve("config.json"), json);
    }

    private void helper(String name, String script) throws IOException {
        Path file = home.resolve("docker-credential-" + name);
        Files.writeString(file, "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    private static String entry(String pair) {
        return "{\"auth\":\"" + Base64.getEncoder().encodeToString(pair.getBytes()) + "\"}";
    }

    @Test
    @DisplayName("auths: keys may be hosts or addresses; passwords may hold colons; other registries get nothing")
    void entries() throws IOException {
        client("{\"auths\":{\"https://" + REGISTRY + "/v2/\":" + entry("ann:a:b") + ",\"" + RegistryLogins.HUB_KEY
                + "\":" + entry("bob:c") + ",\"token.example\":{\"identitytoken\":\"t0k\"}}}");

        assertThat(login(REGISTRY).path("username").asText()).isEqualTo("ann");
        assertThat(login(REGISTRY).path("password").asText()).isEqualTo("a:b");
        assertThat(login(REGISTRY).path("serveraddress").asText()).isEqualTo(REGISTRY);
        assertThat(login("docker.io").path("username").asText()).isEqualTo("bob");
        assertThat(login("token.example").path("identitytoken").asText()).isEqualTo("t0k");
        assertThat(login("registry.example").isMissingNode()).isTrue();
    }

    @Test
    @DisplayName("no configuration, an empty one: no login")
    void nothing() throws IOException {
        assertThat(login(REGISTRY).isMissingNode()).isTrue();
        client("{}");
        assertThat(login(REGISTRY).isMissingNode()).isTrue();
    }

    @Test
    @DisplayName("credHelpers before credsStore before auths; helpers read the registry and answer in JSON")
    void helpers() throws IOException {
        helper("mine", "read server; echo \"{\\\"Username\\\":\\\"$1-$server\\\",\\\"Secret\\\":\\\"s1\\\"}\"");
        helper("store", "cat >/dev/null; echo '{\"Username\":\"<token>\",\"Secret\":\"idtoken\"}'");
        client("{\"credsStore\":\"store\",\"credHelpers\":{\"" + REGISTRY + "\":\"mine\"},\"auths\":{\"" + REGISTRY
                + "\":" + entry("ann:x") + "}}");

        assertThat(login(REGISTRY).path("username").asText()).isEqualTo("get-" + REGISTRY);
        assertThat(login(REGISTRY).path("password").asText()).isEqualTo("s1");
        assertThat(login("other.example").path("identitytoken").asText()).isEqualTo("idtoken");
        assertThat(login("other.example").has("username")).isFalse();
    }

    @Test
    @DisplayName("a helper that has no login for a registry: then the entry, else none")
    void notFound() throws IOException {
        helper("store", "cat >/dev/null; echo 'credentials not found in native keychain'; exit 1");
        client("{\"credsStore\":\"store\",\"auths\":{\"" + REGISTRY + "\":" + entry("ann:x") + "}}");

        assertThat(login(REGISTRY).path("username").asText()).isEqualTo("ann");
        assertThat(login("other.example").isMissingNode()).isTrue();
    }

    @Test
    @DisplayName("helpers that are missing, fail or talk nonsense: a sentence, without what they wrote as an answer")
    void brokenHelpers() throws IOException {
        client("{\"credsStore\":\"absent\"}");
        assertThatThrownBy(() -> login(REGISTRY))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("'docker-credential-absent'")
                .hasMessageContaining("not in the PATH");
        client("{\"credsStore\":\"../../bin/sh\"}");
        assertThatThrownBy(() -> login(REGISTRY)).hasMessageContaining("is no credential helper");
        client("{\"credsStore\":\"bad\"}");
        helper("bad", "echo 'the keychain is locked'; exit 3");
        assertThatThrownBy(() -> login(REGISTRY))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("exit code 3 (the keychain is locked)");
        helper("bad", "echo '{\"Secret\":\"" + SECRET + "\"'; exit 1");
        assertThatThrownBy(() -> login(REGISTRY)).satisfies(RegistryLoginsTest::keepsSecret);
        helper("bad", "echo '" + SECRET + "'");
        assertThatThrownBy(() -> login(REGISTRY))
                .hasMessageContaining("is no JSON")
                .satisfies(RegistryLoginsTest::keepsSecret);
    }

    @Test
    @DisplayName("a helper that hangs is killed with its children at the deadline")
    void hangingHelper() throws Exception {
        helper("slow", "echo $$ > " + home + "/pid; sleep 600; echo '{}'");
        client("{\"credsStore\":\"slow\"}");

        assertThatThrownBy(() -> login(REGISTRY))
                .isInstanceOf(OperationTimeoutException.class)
                .hasMessageContaining("docker-credential-slow");

        long pid = Long.parseLong(Files.readString(home.resolve("pid")).strip());
        Eventually.holds(
                () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    }

    @Test
    @DisplayName("the host application comes first; it may leave a registry to the configuration")
    void host() throws IOException {
        client("{\"auths\":{\"" + REGISTRY + "\":" + entry("ann:x") + ",\"other.example\":" + entry("bob:y") + "}}");
        config = EngineConfig.builder()
                .registryCredentials(registry -> registry.equals(REGISTRY)
                        ? Optional.of(RegistryCredentials.of("host", SECRET))
                        : Optional.empty())
                .build();

        assertThat(login(REGISTRY).path("username").asText()).isEqualTo("host");
        assertThat(login("other.example").path("username").asText()).isEqualTo("bob");
        assertThat(config.toString()).doesNotContain(SECRET);
        assertThat(RegistryCredentials.of("host", SECRET).toString()).doesNotContain(SECRET);
        config = EngineConfig.builder()
                .registryCredentials(registry -> {
                    throw new IllegalStateException("vault says " + SECRET);
                })
                .build();
        assertThatThrownBy(() -> login(REGISTRY))
                .isInstanceOf(RegistryException.class)
                .satisfies(RegistryLoginsTest::keepsSecret);
    }

    @Test
    @DisplayName("a configuration that is broken is told, without a word of what is in it")
    void brokenConfiguration() throws IOException {
        client("{\"auths\":{\"" + REGISTRY + "\":{\"auth\":\"" + SECRET + "\"");
        assertThatThrownBy(() -> login(REGISTRY))
                .isInstanceOf(RegistryException.class)
                .hasMessageContaining("config.json")
                .satisfies(RegistryLoginsTest::keepsSecret);
        client("{\"auths\":{\"" + REGISTRY + "\":{\"auth\":\"" + SECRET + "!\"}}}");
        assertThatThrownBy(() -> login(REGISTRY))
                .hasMessageContaining("docker login " + REGISTRY)
                .satisfies(RegistryLoginsTest::keepsSecret);
    }

    @Test
    @DisplayName("a build gets the logins of the registries it needs, and no others")
    void build() throws IOException {
        client("{\"auths\":{\"" + REGISTRY + "\":" + entry("ann:x") + ",\"other.example\":" + entry("bob:y") + "}}");

        Optional<String> header =
                logins().buildHeader(PULLING, List.of(REGISTRY, "none.example"), Map.of(), deadline());

        JsonNode all = Json.read(Base64.getUrlDecoder().decode(header.orElseThrow()));
        assertThat(all.fieldNames()).toIterable().containsExactly(REGISTRY);
        assertThat(logins().buildHeader(PULLING, List.of("none.example"), Map.of(), deadline()))
                .isEmpty();
    }

    private static void keepsSecret(Throwable failure) {
        for (Throwable each = failure; each != null; each = each.getCause()) {
            assertThat(String.valueOf(each.getMessage())).doesNotContain(SECRET);
        }
    }
}
