package io.cofferdam.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ApplicationTest {

    private static ApplicationBuilder shop() {
        return Application.named("shop")
                .service(
                        "web", s -> s.image("shop/web:2").port(8080).replicas(2).dependsOn("api", "db"))
                .service(
                        "api",
                        s -> s.image("shop/api:2").dependsOn(Dependency.on("db").when(Dependency.Condition.HEALTHY)))
                .service("db", s -> s.image("postgres:15").volume("data", "/var/lib/postgresql/data"));
    }

    @Test
    @DisplayName("an application is built in a few lines and defines the volumes its services speak of")
    void builtInAFewLines() {
        // when
        Application shop = shop().version("2").build();

        // then
        assertThat(shop.project()).isEqualTo("shop");
        assertThat(shop.version()).isEqualTo("2");
        assertThat(shop.services()).extracting(Service::name).containsExactly("web", "api", "db");
        assertThat(shop.service("web")).hasValueSatisfying(web -> {
            assertThat(web.replicas()).isEqualTo(2);
            assertThat(web.dependsOn()).containsExactly("api", "db");
            assertThat(web.template().image()).contains("shop/web:2");
        });
        assertThat(shop.volumes()).containsOnlyKeys("data");
        assertThat(shop.dependents("db")).containsExactly("web", "api");
    }

    @Test
    @DisplayName("services come after all they depend on")
    void dependencyOrder() {
        assertThat(shop().build().inDependencyOrder()).extracting(Service::name).containsExactly("db", "api", "web");
    }

    @Test
    @DisplayName("a copy through toBuilder is equal, a changed one is not")
    void copies() {
        // given
        Application shop = shop().build();

        // then
        assertThat(shop.toBuilder().build()).isEqualTo(shop).hasSameHashCodeAs(shop);
        assertThat(shop.toBuilder().change("web", web -> web.replicas(3)).build())
                .isNotEqualTo(shop);
        assertThat(shop.toBuilder().without("web").build().services())
                .extracting(Service::name)
                .containsExactly("api", "db");
    }

    @Test
    @DisplayName("all that is wrong is told at once, with the field it is in")
    void allProblemsAtOnce() {
        // when
        InvalidInputException wrong = catchThrowableOfType(
                InvalidInputException.class,
                () -> Application.named("My Shop")
                        .version(" ")
                        .service(
                                "web",
                                s -> s.image("web:1")
                                        .replicas(-1)
                                        .dependsOn("cache")
                                        .secret("key")
                                        .label("io.cofferdam.x", ""))
                        .service("db", s -> s.image("db:1").instances(i -> i.stopSignal("nonsense")))
                        .service("db", s -> s.image("db:2"))
                        .service("empty", s -> {})
                        .build());

        // then
        assertThat(wrong.problems())
                .extracting(Problem::where)
                .containsExactly(
                        "services.web.replicas",
                        "services.web.labels",
                        "services.db.stopSignal",
                        "services.empty.image",
                        "project",
                        "version",
                        "services.web.secrets.key");
        assertThat(wrong).hasMessageContaining("application 'My Shop' has 7 problems");
    }

    @Test
    @DisplayName("a dependency on nobody is told with the names there are")
    void unknownDependency() {
        assertThatThrownBy(() -> Application.named("shop")
                        .service("web", s -> s.image("web:1").dependsOn("dbb"))
                        .service("db", s -> s.image("db:1"))
                        .build())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("services.web.dependsOn.dbb: there is no service 'dbb'; there are db, web");
    }

    @Test
    @DisplayName("an optional dependency may be missing")
    void optionalDependency() {
        // when
        Application alone = Application.named("shop")
                .service(
                        "web",
                        s -> s.image("web:1").dependsOn(Dependency.on("db").asOptional()))
                .build();

        // then
        assertThat(alone.inDependencyOrder()).extracting(Service::name).containsExactly("web");
    }

    @Test
    @DisplayName("a circle of dependencies is named")
    void circle() {
        assertThatThrownBy(() -> Application.named("shop")
                        .service("a", s -> s.image("i").dependsOn("b"))
                        .service("b", s -> s.image("i").dependsOn("c"))
                        .service("c", s -> s.image("i").dependsOn("a"))
                        .service("d", s -> s.image("i").dependsOn("a"))
                        .build())
                .hasMessageContaining("in a circle: a -> b -> c -> a")
                .satisfies(wrong ->
                        assertThat(((InvalidInputException) wrong).problems()).hasSize(1));
    }

    @Test
    @DisplayName("a service that depends on itself is told once")
    void selfDependency() {
        assertThatThrownBy(() -> Application.named("shop")
                        .service("a", s -> s.image("i").dependsOn("a"))
                        .build())
                .hasMessageContaining("services.a.dependsOn.a: it depends on itself")
                .satisfies(wrong ->
                        assertThat(((InvalidInputException) wrong).problems()).hasSize(1));
    }

    @Test
    @DisplayName("a chain of 5,000 dependencies is put in order")
    void longChain() {
        // given
        ApplicationBuilder chain = Application.named("chain");
        for (int i = 0; i < 5000; i++) {
            String next = "s" + (i + 1);
            boolean last = i == 4999;
            chain.service("s" + i, s -> s.image("i").dependsOn(last ? new String[0] : new String[] {next}));
        }

        // then
        assertThat(chain.build().inDependencyOrder().get(0).name()).isEqualTo("s4999");
    }

    @Test
    @DisplayName("a template that names itself or joins networks is refused")
    void templateWithAName() {
        assertThatThrownBy(() -> Service.named("web")
                        .template(EnvironmentSpec.image("i")
                                .name("mine")
                                .network("net")
                                .build())
                        .build())
                .hasMessageContaining("leave them to the deployment")
                .hasMessageContaining("set them with the service's networks");
    }

    @Test
    @DisplayName("two files at one path inside, or at a path that is none, are refused")
    void filesInside() {
        assertThatThrownBy(() -> Service.named("web")
                        .image("i")
                        .volume("data", "/taken")
                        .secret(FileReference.at("a", "/taken"))
                        .secret(FileReference.at("b", "../b"))
                        .build())
                .hasMessageContaining("secrets.a: '/taken' is used twice")
                .hasMessageContaining("secrets.b: '../b' cannot be a file's path inside");
    }

    @Test
    @DisplayName("the values of secrets are shown by nothing")
    void secretsAreNotShown() {
        // given
        Application shop = Application.named("shop")
                .secret(SecretDefinition.of("key", Content.text("hunter2")))
                .service(
                        "web",
                        s -> s.image("i")
                                .secretEnv("TOKEN", "hunter2")
                                .secret("key")
                                .buildFrom(Build.from(Path.of(".")).withArg("PASSWORD", "hunter2")))
                .build();

        // then
        assertThat(shop + " " + shop.secrets() + shop.services()
                        + shop.service("web").orElseThrow().build())
                .doesNotContain("hunter2")
                .contains("PASSWORD=***");
    }

    @Test
    @DisplayName("extensions cannot be changed afterwards and hold plain data only")
    void extensionsArePlain() {
        // given
        List<Object> list = new ArrayList<>(List.of("a"));
        Application made = shop().extension("x-list", list).build();

        // when
        list.add("b");

        // then
        assertThat(made.extensions()).isEqualTo(Map.of("x-list", List.of("a")));
        assertThatThrownBy(() -> shop().extension("x-odd", new Object()).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
        assertThatThrownBy(() -> shop().extension("odd", 1).build())
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("'odd' does not begin with x-");
    }

    @Test
    @DisplayName("a service somebody waits for to complete is a one-off")
    void oneOff() {
        // given
        Application shop = Application.named("shop")
                .service("migrate", s -> s.image("i"))
                .service(
                        "web",
                        s -> s.image("i").dependsOn(Dependency.on("migrate").when(Dependency.Condition.COMPLETED)))
                .build();

        // then
        assertThat(shop.services())
                .filteredOn(service -> service.isOneOff(shop))
                .extracting(Service::name)
                .isEqualTo(Arrays.asList("migrate"));
    }
}
