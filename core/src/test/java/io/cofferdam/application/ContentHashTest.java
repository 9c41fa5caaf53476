package io.cofferdam.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.RestartPolicy;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ContentHashTest {

    private static String hash(Consumer<ServiceBuilder> change) {
        return shop(change).contentHash("web");
    }

    private static Application shop(Consumer<ServiceBuilder> change) {
        return base().service("db", s -> s.image("db"))
                .service("web", s -> {
                    s.image("shop/web:1").env("A", "1").env("B", "2").port(8080).port(8081);
                    change.accept(s);
                })
                .build();
    }

    private static ApplicationBuilder base() {
        return Application.named("shop")
                .secret(SecretDefinition.of("key", Content.text("one")))
                .config(ConfigDefinition.of("settings", Content.text("one")));
    }

    @Test
    @DisplayName("the hash is the same in every JVM, and changes only with a change of its scheme")
    void isStable() {
        assertThat(hash(s -> {}))
                .isEqualTo(hash(s -> {}))
                .matches("[0-9a-f]{32}")
                .isEqualTo("392c5647dba552502d10f24d9890f7cd");
    }

    static Stream<Arguments> whatDiffers() {
        return Stream.of(
                change("image", s -> s.image("shop/web:2")),
                change("command", s -> s.command("a b")),
                change("command's words", s -> s.command("a", "b")),
                change("entry point", s -> s.entrypoint("sh")),
                change("template folder", s -> s.folder(Path.of("/srv/web"))),
                change("variable", s -> s.env("A", "2")),
                change("secret variable", s -> s.secretEnv("A", "1")),
                change("port", s -> s.port(9000)),
                change("fixed port", s -> s.publish(PortMapping.fixed(80, 9000))),
                change("exposed port", s -> s.expose(9000)),
                change("exposed UDP port", s -> s.expose(new ExposedPort(9000, Protocol.UDP))),
                change("mount", s -> s.mount(Mount.tmpfs("/tmp", null))),
                change("volume", s -> s.volume("data", "/data")),
                change("memory", s -> s.memory("64m")),
                change("processors", s -> s.cpus(0.5)),
                change("health check", s -> s.healthCheck(HealthCheck.of(Probe.tcp(8080)))),
                change("restart", s -> s.restart(RestartPolicy.always())),
                change("stop signal", s -> s.instances(i -> i.stopSignal("SIGINT"))),
                change("stop grace", s -> s.stopGrace(Duration.ofSeconds(1))),
                change("user", s -> s.instances(i -> i.user("1000"))),
                change("directory", s -> s.instances(i -> i.workingDirectory("/srv"))),
                change("instance label", s -> s.instances(i -> i.label("a", "b"))),
                change("network", s -> s.network("back")),
                change("alias", s -> s.network("default", "www")),
                change("secret", s -> s.secret("key")),
                change("secret's place", s -> s.secret(FileReference.at("key", "/key"))),
                change("secret's mode", s -> s.secret(new FileReference("key", "/key", null, null, 0440))),
                change("config", s -> s.config(FileReference.toConfig("settings"))),
                change("build", s -> s.buildFrom(Build.from(Path.of("/srv/web")))),
                change(
                        "build's argument",
                        s -> s.buildFrom(Build.from(Path.of("/srv/web")).withArg("A", "1"))),
                change(
                        "build's content",
                        s -> s.buildFrom(Build.from(Path.of("/srv/web")).withDigest("1"))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatDiffers")
    @DisplayName("another content gives another hash:")
    void differs(String what, Consumer<ServiceBuilder> change) {
        assertThat(hash(change)).as(what).isNotEqualTo(hash(s -> {}));
    }

    @Test
    @DisplayName("no two of these changes give one hash")
    void allDiffer() {
        // when
        Set<String> hashes = whatDiffers().map(each -> hash(consumer(each))).collect(Collectors.toSet());

        // then
        assertThat(hashes).hasSize((int) whatDiffers().count());
    }

    static Stream<Arguments> whatDoesNot() {
        return Stream.of(
                change("replicas", s -> s.replicas(5)),
                change("update settings", s -> s.update(UpdateSettings.defaults())),
                change("rollback settings", s -> s.rollback(UpdateSettings.defaults())),
                change("dependencies", s -> s.dependsOn("db")),
                change("profiles", s -> s.profile("debug")),
                change("service labels", s -> s.label("a", "b")),
                change("when the image is fetched", s -> s.instances(i -> i.pullPolicy(PullPolicy.ALWAYS))),
                change("how long a start may take", s -> s.instances(i -> i.startTimeout(Duration.ofSeconds(1)))),
                change("the default network by name", s -> s.network("default")),
                change(
                        "the order of variables",
                        s -> s.instances(i -> i.withoutEnv("A").env("A", "1"))),
                change(
                        "the order of ports",
                        s -> s.instances(i -> i.withPorts(Arrays.asList(PortMapping.of(8081), PortMapping.of(8080))))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("whatDoesNot")
    @DisplayName("the hash does not speak of")
    void same(String what, Consumer<ServiceBuilder> change) {
        assertThat(hash(change)).as(what).isEqualTo(hash(s -> {}));
    }

    @Test
    @DisplayName(
            "a service that restarts with another one changes with it, through others too, and no other service does")
    void followsWhatItRestartsWith() {
        Application before = chain("1");

        Application after = chain("2");

        assertThat(after.contentHash("web")).isNotEqualTo(before.contentHash("web"));
        assertThat(after.contentHash("front")).isNotEqualTo(before.contentHash("front"));
        assertThat(after.contentHash("other")).isEqualTo(before.contentHash("other"));
    }

    /** The front follows the web, which follows the base; the other only needs the base. */
    private static Application chain(String version) {
        return Application.named("chain")
                .service(
                        "front",
                        front -> front.image("front")
                                .dependsOn(Dependency.on("web").withRestart()))
                .service(
                        "web",
                        web -> web.image("web").dependsOn(Dependency.on("base").withRestart()))
                .service("other", other -> other.image("other").dependsOn("base"))
                .service("base", base -> base.image("base:" + version))
                .build();
    }

    @Test
    @DisplayName("another content of a secret, a config, a network or a volume gives another hash to who uses it alone")
    void sharedParts() {
        // given
        Consumer<ServiceBuilder> user = s -> s.secret("key")
                .config(FileReference.toConfig("settings"))
                .network("back")
                .volume("data", "/data");
        Application before = shop(user);

        // when
        Application secret = before.toBuilder()
                .secret(SecretDefinition.of("key", Content.text("two")))
                .build();
        Application config = before.toBuilder()
                .config(ConfigDefinition.of("settings", Content.text("two")))
                .build();
        Application network = before.toBuilder()
                .network(NetworkDefinition.of("back").asInternal())
                .build();
        Application volume = before.toBuilder()
                .volume(VolumeDefinition.external("data", "old"))
                .build();

        // then
        assertThat(Stream.of(before, secret, config, network, volume)
                        .map(application -> application.contentHash("web"))
                        .distinct())
                .hasSize(5);
        assertThat(Stream.of(before, secret, config, network, volume)
                        .map(application -> application.contentHash("db"))
                        .distinct())
                .hasSize(1);
    }

    @Test
    @DisplayName("where a secret with the same content came from makes no difference")
    void originOfASecret() {
        // given
        Application inline = shop(s -> s.secret("key"));

        // when
        Application variable = inline.toBuilder()
                .secret(SecretDefinition.of("key", Content.ofVariable("KEY", "one")))
                .build();

        // then
        assertThat(variable.contentHash("web")).isEqualTo(inline.contentHash("web"));
        assertThat(variable).isNotEqualTo(inline);
    }

    @Test
    @DisplayName("the same folder content elsewhere is the same revision where its digest is known")
    void digestInsteadOfPath() {
        assertThat(hash(s -> s.buildFrom(Build.from(Path.of("/a")).withDigest("d"))))
                .isEqualTo(hash(s -> s.buildFrom(Build.from(Path.of("/b")).withDigest("d"))));
    }

    @Test
    @DisplayName("the version made from the content follows the content")
    void versionFromContent() {
        assertThat(shop(s -> {}).version())
                .isEqualTo(shop(s -> s.replicas(3)).version())
                .matches("[0-9a-f]{12}");
        assertThat(shop(s -> s.image("x")).version()).isNotEqualTo(shop(s -> {}).version());
    }

    @Test
    @DisplayName("the hash of a service that is not there is refused with the names there are")
    void unknownService() {
        assertThatThrownBy(() -> shop(s -> {}).contentHash("wbe"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("there is no service 'wbe' in application 'shop'; there are [db, web]");
    }

    @Test
    @DisplayName("every part of an environment's specification was thought of")
    void nothingForgotten() {
        // when
        Set<String> parts = Arrays.stream(EnvironmentSpec.class.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !Modifier.isStatic(method.getModifiers()))
                .filter(method -> method.getParameterCount() == 0)
                .map(Method::getName)
                .collect(Collectors.toCollection(TreeSet::new));

        // then
        assertThat(parts)
                .as("a new part belongs into ContentHash, or into its list of what is left out")
                .containsExactly(
                        "aliases",
                        "command",
                        "entrypoint",
                        "env",
                        "hasOpenStdin",
                        "hasTerminal",
                        "hashCode",
                        "healthCheck",
                        "image",
                        "imageMaxAge",
                        "labels",
                        "lifetime",
                        "limits",
                        "mounts",
                        "name",
                        "networks",
                        "ownStartTimeout",
                        "ports",
                        "pullPolicy",
                        "readiness",
                        "restart",
                        "secretNames",
                        "stack",
                        "startTimeout",
                        "stopGrace",
                        "stopSignal",
                        "template",
                        "toBuilder",
                        "toString",
                        "user",
                        "workingDirectory");
    }

    private static Arguments change(String what, Consumer<ServiceBuilder> change) {
        return Arguments.of(what, change);
    }

    @SuppressWarnings("unchecked")
    private static Consumer<ServiceBuilder> consumer(Arguments arguments) {
        return (Consumer<ServiceBuilder>) arguments.get()[1];
    }
}
