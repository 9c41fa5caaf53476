package io.cofferdam.compose;

import static io.cofferdam.compose.Composed.file;
import static io.cofferdam.compose.Composed.load;
import static io.cofferdam.compose.Composed.warnings;
import static io.cofferdam.compose.Composed.web;
import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.application.Application;
import io.cofferdam.application.Build;
import io.cofferdam.application.Dependency;
import io.cofferdam.application.ExposedPort;
import io.cofferdam.application.FileReference;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.Service;
import io.cofferdam.application.UpdateSettings;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.environment.RestartPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every key of a service in every form it has. */
class ServiceFormsTest {

    static Stream<Arguments> commands() {
        return Stream.of(
                Arguments.of("command: [sh, -c, 'echo $$HOME']", List.of("sh", "-c", "echo $HOME")),
                Arguments.of("command: bundle exec thin -p 3000", List.of("bundle", "exec", "thin", "-p", "3000")),
                Arguments.of("command: sh -c \"echo 'a b' \\\"c\\\"\"", List.of("sh", "-c", "echo 'a b' \"c\"")),
                Arguments.of("command: a\\ b ''", List.of("a b", "")),
                Arguments.of("command: [1, 2.50, no]", List.of("1", "2.50", "no")),
                Arguments.of("command: ~", List.of()));
    }

    @ParameterizedTest
    @MethodSource("commands")
    @DisplayName("a command is a list, or a line that is split as a shell would")
    void commandForms(String yaml, List<String> words) {
        assertThat(web(yaml).template().command()).isEqualTo(words);
    }

    @Test
    @DisplayName("an entry point has the same forms, and may be empty")
    void entrypoints() {
        assertThat(web("entrypoint: /start.sh -v").template().entrypoint()).contains(List.of("/start.sh", "-v"));
        assertThat(web("entrypoint: []").template().entrypoint()).contains(List.of());
        assertThat(web("user: root").template().entrypoint()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "80 | 80",
                "\"80\" | 80",
                "8080:80 | 8080:80",
                "22:22 | 22:22",
                "127.0.0.1:8080:80 | 8080:80",
                "0.0.0.0:8080:80 | 0.0.0.0:8080:80",
                "127.0.0.1::80 | 80",
                "\"[::1]:8080:80\" | [::1]:8080:80",
                "\"::1:8080:80\" | [::1]:8080:80",
                "53:53/udp | 53:53/udp",
                "\"3000-3002\" | 3000,3001,3002",
                "9000-9001:80-81 | 9000:80,9001:81",
                "0:80 | 80",
                "{target: 80} | 80",
                "{target: 80, published: 8080} | 8080:80",
                "{target: 80, published: '8080', host_ip: 0.0.0.0, protocol: udp} | 0.0.0.0:8080:80/udp",
            })
    @DisplayName("ports have many forms")
    void ports(String yaml, String mappings) {
        // when
        Service web = web("ports: [" + yaml + "]");

        // then
        assertThat(web.template().ports())
                .isEqualTo(
                        Stream.of(mappings.split(",")).map(PortMapping::parse).toList());
    }

    @Test
    @DisplayName("a port of 22:22 in base sixty stays a port, which older YAML took for 1342")
    void sexagesimal() {
        assertThat(web("ports:\n  - 22:22\n  - 59:59").template().ports())
                .containsExactly(PortMapping.fixed(22, 22), PortMapping.fixed(59, 59));
    }

    @Test
    @DisplayName("ports are published on every interface where the caller wants that")
    void publishOn() {
        // when
        Application loaded = Composed.loader(file("ports: ['80:80', '127.0.0.1:81:81']"))
                .publishOn("0.0.0.0")
                .load()
                .application();

        // then
        assertThat(loaded.service("web").orElseThrow().template().ports())
                .extracting(PortMapping::hostAddress)
                .containsExactly("0.0.0.0", "127.0.0.1");
    }

    @Test
    @DisplayName("exposed ports are not published")
    void exposed() {
        assertThat(web("expose: [3000, '8000-8001', 53/udp]").exposedPorts())
                .containsExactly(
                        new ExposedPort(3000, Protocol.TCP),
                        new ExposedPort(8000, Protocol.TCP),
                        new ExposedPort(8001, Protocol.TCP),
                        new ExposedPort(53, Protocol.UDP));
    }

    static Stream<Arguments> mounts() {
        return Stream.of(
                Arguments.of("data:/data", Mount.volume("data", "/data")),
                Arguments.of("data:/data:ro", Mount.volume("data", "/data").asReadOnly()),
                Arguments.of("db_data:/data", Mount.volume("db-data", "/data")),
                Arguments.of("./conf:/etc/conf", Mount.bind(Path.of("/srv/shop/conf"), "/etc/conf")),
                Arguments.of(
                        "../x:/x:ro,cached", Mount.bind(Path.of("/srv/x"), "/x").asReadOnly()),
                Arguments.of("~/x:/x", Mount.bind(Path.of("/home/me/x"), "/x")),
                Arguments.of("/var/run:/run", Mount.bind(Path.of("/var/run"), "/run")),
                Arguments.of(
                        "{type: bind, source: ., target: /x, read_only: true, bind: {create_host_path: true}}",
                        Mount.bind(Path.of("/srv/shop"), "/x").asReadOnly()),
                Arguments.of("{type: volume, source: data, target: /x}", Mount.volume("data", "/x")),
                Arguments.of("{type: tmpfs, target: /x, tmpfs: {size: 64m}}", Mount.tmpfs("/x", 64L << 20)),
                Arguments.of("/x", Mount.temporary("/x")),
                Arguments.of("{type: volume, target: /x}", Mount.temporary("/x")),
                Arguments.of("{type: tmpfs, target: /x}", Mount.tmpfs("/x", null)));
    }

    @ParameterizedTest
    @MethodSource("mounts")
    @DisplayName("mounts have a short form and a long one")
    void mounts(String yaml, Mount mount) {
        // when
        Application loaded = load(file("volumes: [\"" + yaml + "\"]")
                                .replace("\"{", "{")
                                .replace("}\"", "}") + "volumes: {data: , db_data: }\n")
                .application();

        // then
        assertThat(loaded.service("web").orElseThrow().template().mounts()).containsExactly(mount);
    }

    @Test
    @DisplayName("a tmpfs is a path, or a path with a size")
    void tmpfs() {
        assertThat(web("tmpfs: /run").template().mounts()).containsExactly(Mount.tmpfs("/run", null));
        assertThat(web("tmpfs: [/run, '/tmp:size=1m']").template().mounts())
                .containsExactly(Mount.tmpfs("/run", null), Mount.tmpfs("/tmp", 1L << 20));
    }

    @Test
    @DisplayName("networks are a list, or a mapping with aliases")
    void networks() {
        // when
        Application loaded = load(file("networks: {front: {aliases: [www, shop.local]}, back_end: }") + """
                          networks:
                            front: {driver: bridge, labels: [a=b]}
                            back_end: {internal: true, ipam: {config: [{subnet: 10.7.0.0/24}]}}
                            old: {external: true, name: legacy}
                            older: {external: {name: legacy2}}
                          """)
                .application();

        // then
        assertThat(loaded.service("web").orElseThrow().networks())
                .isEqualTo(Map.of("front", List.of("www", "shop.local"), "back-end", List.of()));
        assertThat(loaded.networks().values())
                .containsExactly(
                        new NetworkDefinition("front", null, false, false, null, Map.of("a", "b")),
                        NetworkDefinition.of("back-end").asInternal().withSubnet("10.7.0.0/24"),
                        NetworkDefinition.external("old", "legacy"),
                        NetworkDefinition.external("older", "legacy2"));
        assertThat(web("networks: [default]").networks()).isEmpty();
    }

    @Test
    @DisplayName("names that are no host names become ones, and stay as aliases")
    void names() {
        // when
        Application loaded = load("""
                        name: My_Shop
                        services:
                          my_db: {image: db}
                          web: {image: web, depends_on: [my_db], container_name: shop_web}
                        """).application();

        // then
        assertThat(loaded.project()).isEqualTo("my-shop");
        assertThat(loaded.services()).extracting(Service::name).containsExactly("my-db", "web");
        assertThat(loaded.service("my-db").orElseThrow().networks()).isEqualTo(Map.of("default", List.of("my_db")));
        assertThat(loaded.service("web").orElseThrow().dependsOn()).containsExactly("my-db");
        assertThat(loaded.service("web").orElseThrow().networks()).isEqualTo(Map.of("default", List.of("shop_web")));
    }

    @Test
    @DisplayName("volumes are made, or exist outside")
    void volumes() {
        // when
        Application loaded = load(file("user: root")
                        + "volumes: {a: , b: {name: bee, labels: {x: 1}}, c: {external: true}}")
                .application();

        // then
        assertThat(loaded.volumes().values())
                .containsExactly(
                        VolumeDefinition.of("a"),
                        new VolumeDefinition("b", "bee", false, Map.of("x", "1")),
                        VolumeDefinition.external("c", "c"));
    }

    @Test
    @DisplayName("secrets and configs are named, or told where and how they appear; modes are octal")
    void secretsAndConfigs() {
        // when
        Application loaded = load(file("""
                                secrets: [key, {source: key, target: other, uid: 103, gid: "104", mode: 0440}]
                                configs: [conf, {source: conf, target: /etc/conf, mode: 440}, {source: conf, target: /o, mode: "0o600"}]
                                """) + """
                          secrets: {key: {environment: TAG}}
                          configs: {conf: {content: "tag=${TAG}"}}
                          """).application();

        // then
        Service web = loaded.service("web").orElseThrow();
        assertThat(web.secrets())
                .containsExactly(
                        FileReference.toSecret("key"),
                        new FileReference("key", "/run/secrets/other", "103", "104", 0440));
        assertThat(web.configs())
                .containsExactly(
                        FileReference.toConfig("conf"),
                        new FileReference("conf", "/etc/conf", null, null, 0440),
                        new FileReference("conf", "/o", null, null, 0600));
        assertThat(loaded.secrets().get("key").content().bytes()).asString().isEqualTo("7");
        assertThat(loaded.configs().get("conf").content().bytes()).asString().isEqualTo("tag=7");
    }

    @Test
    @DisplayName("dependencies are a list, or a mapping with conditions; links are dependencies")
    void dependencies() {
        // when
        Application loaded = load("""
                        services:
                          web:
                            image: web
                            links: [cache]
                            depends_on:
                              db: {condition: service_healthy, restart: true}
                              migrate: {condition: service_completed_successfully, required: false}
                              gone: {condition: service_started, required: false}
                          cache: {image: c}
                          db: {image: d}
                          migrate: {image: m, depends_on: [db]}
                        """).application();

        // then
        assertThat(loaded.service("web").orElseThrow().dependencies().values())
                .containsExactly(
                        Dependency.on("cache"),
                        Dependency.on("db").when(Dependency.Condition.HEALTHY).withRestart(),
                        Dependency.on("migrate")
                                .when(Dependency.Condition.COMPLETED)
                                .asOptional(),
                        Dependency.on("gone").asOptional());
        assertThat(loaded.inDependencyOrder())
                .extracting(Service::name)
                .containsExactly("cache", "db", "migrate", "web");
    }

    @Test
    @DisplayName("health checks run a command, or a line in a shell")
    void healthChecks() {
        assertThat(web("healthcheck: {test: [CMD, curl, -f, localhost]}")
                        .template()
                        .healthCheck())
                .contains(new HealthCheck(
                        Probe.command("curl", "-f", "localhost"),
                        Duration.ofSeconds(30),
                        Duration.ofSeconds(30),
                        3,
                        Duration.ZERO));
        assertThat(web("""
                                healthcheck:
                                  test: [CMD-SHELL, "a || exit 1"]
                                  interval: 1m30s
                                  timeout: 500ms
                                  retries: 5
                                  start_period: 1.5s
                                """).template().healthCheck())
                .contains(new HealthCheck(
                        Probe.command("/bin/sh", "-c", "a || exit 1"),
                        Duration.ofSeconds(90),
                        Duration.ofMillis(500),
                        5,
                        Duration.ofMillis(1500)));
        assertThat(web("healthcheck: {test: curl x}")
                        .template()
                        .healthCheck()
                        .orElseThrow()
                        .probe())
                .isEqualTo(Probe.command("/bin/sh", "-c", "curl x"));
        assertThat(web("healthcheck: {x-cofferdam: {http: {port: 80, path: /up, status: [200, 300-302]}}}")
                        .template()
                        .healthCheck()
                        .orElseThrow()
                        .probe())
                .isEqualTo(new Probe.Http(
                        80,
                        "/up",
                        Probe.Http.Scheme.HTTP,
                        List.of(new Probe.Http.StatusRange(200, 200), new Probe.Http.StatusRange(300, 302)),
                        Map.of(),
                        null));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "restart: no | NEVER | 0",
                "restart: always | ALWAYS | 0",
                "restart: unless-stopped | ALWAYS | 0",
                "restart: on-failure | ON_FAILURE | 0",
                "restart: on-failure:3 | ON_FAILURE | 3",
                "deploy: {restart_policy: {condition: none}} | NEVER | 0",
                "deploy: {restart_policy: {condition: any}} | ALWAYS | 0",
                "deploy: {restart_policy: {condition: on-failure, max_attempts: 4}} | ON_FAILURE | 4",
                "user: root | NEVER | 0"
            })
    @DisplayName("restart policies")
    void restart(String yaml, RestartPolicy.Condition condition, int retries) {
        assertThat(web(yaml).template().restart()).isEqualTo(new RestartPolicy(condition, retries));
    }

    @Test
    @DisplayName("what 'deploy' says")
    void deploy() {
        // when
        Service web = web("""
                deploy:
                  mode: replicated
                  replicas: 6
                  labels: [tier=front]
                  resources: {limits: {cpus: '0.50', memory: 50M, pids: 7}}
                  update_config: {parallelism: 2, delay: 10s, order: start-first, failure_action: rollback, monitor: 5s, max_failure_ratio: 0.2}
                  rollback_config: {parallelism: 0}
                """);

        // then
        assertThat(web.replicas()).isEqualTo(6);
        assertThat(web.labels()).isEqualTo(Map.of("tier", "front"));
        assertThat(web.template().limits()).isEqualTo(new ResourceLimits(50L << 20, 0.5, 7L, null));
        assertThat(web.update())
                .contains(new UpdateSettings(
                        2,
                        Duration.ofSeconds(10),
                        UpdateSettings.FailureAction.ROLLBACK,
                        Duration.ofSeconds(5),
                        0.2,
                        UpdateSettings.Order.START_FIRST));
        assertThat(web.rollback()).contains(UpdateSettings.defaults().withParallelism(0));
        assertThat(web("scale: 3").replicas()).isEqualTo(3);
        assertThat(web("scale: 0").replicas()).isZero();
    }

    @Test
    @DisplayName("what of an update is not followed is warned of, and nothing else")
    void updateWarnings() {
        assertThat(warnings(
                        file("deploy: {update_config: {failure_action: rollback, delay: 1s, max_failure_ratio: 0}}")))
                .isEmpty();
        assertThat(warnings(file("deploy: {update_config: {failure_action: continue, max_failure_ratio: 0.5}}")))
                .hasSize(2)
                .anyMatch(warning -> warning.contains("'failure_action: continue' is passed over"))
                .anyMatch(warning -> warning.contains("'max_failure_ratio' is passed over"));
    }

    @ParameterizedTest
    @CsvSource({"10b,10", "10,10", "2k,2048", "1.5m,1572864", "2gb,2147483648", "1GiB,1073741824"})
    @DisplayName("amounts of bytes")
    void bytes(String text, long bytes) {
        assertThat(web("mem_limit: " + text).template().limits().memory()).hasValue(bytes);
    }

    @ParameterizedTest
    @CsvSource({
        "10s,PT10S",
        "1m30s,PT1M30S",
        "500ms,PT0.5S",
        "0,PT0S",
        "1h5m30s20ms,PT1H5M30.02S",
        "250us,PT0.00025S",
        "1d,PT24H"
    })
    @DisplayName("durations")
    void durations(String text, Duration duration) {
        assertThat(web("stop_grace_period: " + text).template().stopGrace()).isEqualTo(duration);
    }

    @Test
    @DisplayName("the rest of an instance")
    void theRest() {
        // when
        Service web = web("""
                stop_signal: QUIT
                labels: {a: 1, b: yes, c: }
                working_dir: /srv
                user: "1000:1000"
                pull_policy: always
                pids_limit: -1
                cpus: 1.5
                profiles: []
                x-team: {name: shop, size: 3, lead: ~, on: true, part: 0.5}
                x-cofferdam: {start-timeout: 2m, disk: 1g, ready: {all-of: [running, {log: up}, {tcp: 80}]}}
                """);

        // then
        assertThat(web.template().stopSignal()).isEqualTo("SIGQUIT");
        assertThat(web.template().labels()).isEqualTo(Map.of("a", "1", "b", "yes", "c", ""));
        assertThat(web.template().workingDirectory()).contains("/srv");
        assertThat(web.template().user()).contains("1000:1000");
        assertThat(web.template().pullPolicy()).isEqualTo(PullPolicy.ALWAYS);
        assertThat(web.template().limits()).isEqualTo(new ResourceLimits(null, 1.5, null, 1L << 30));
        assertThat(web.template().startTimeout()).isEqualTo(Duration.ofMinutes(2));
        assertThat(web.template().readiness())
                .isEqualTo(Readiness.allOf(Readiness.running(), Readiness.log("up"), Readiness.port(80)));
        assertThat(web.extensions())
                .containsOnlyKeys("x-team")
                .extractingByKey("x-team")
                .hasToString("{name=shop, size=3, lead=null, on=true, part=0.5}");
    }

    @ParameterizedTest
    @CsvSource({"daily,PT24H", "weekly,PT168H", "every_12h,PT12H"})
    @DisplayName("images that are fetched again when they are old")
    void imageAge(String policy, Duration age) {
        assertThat(web("pull_policy: " + policy).template().imageMaxAge()).contains(age);
    }

    @Test
    @DisplayName("a build keeps its folder for processes and names an image for engines that run images")
    void builds() {
        // when
        Application loaded = load("""
                        services:
                          web: {build: ./web, command: java Shop.java}
                          api:
                            image: shop/api:2
                            build: {context: api, dockerfile: Dockerfile.api, args: [A=1, TAG, NONE], target: run, labels: {x: y}}
                        """).application();

        // then
        Service web = loaded.service("web").orElseThrow();
        assertThat(web.build()).contains(Build.from(Path.of("/srv/shop/web")));
        assertThat(web.template().template()).contains(Path.of("/srv/shop/web"));
        assertThat(web.template().image()).contains("shop-web");
        assertThat(loaded.service("api").orElseThrow().build())
                .contains(new Build(
                        Path.of("/srv/shop/api"),
                        "Dockerfile.api",
                        null,
                        Map.of("A", "1", "TAG", "7"),
                        "run",
                        Map.of("x", "y"),
                        null));
    }

    @Test
    @DisplayName("variables are a list or a mapping; without a value they are passed on, if they are set")
    void variables() {
        assertThat(web("environment: {A: 1, B: no, C: 'on', D: 1.10, E: '', TAG: , GONE: }")
                        .template()
                        .env())
                .isEqualTo(Map.of("A", "1", "B", "no", "C", "on", "D", "1.10", "E", "", "TAG", "7"));
        assertThat(web("environment: [A=1, B=, TAG, GONE, 'C=x=y']").template().env())
                .isEqualTo(Map.of("A", "1", "B", "", "TAG", "7", "C", "x=y"));
    }

    @Test
    @DisplayName("variables that look like secrets are secrets, unless the file says which are")
    void secretVariables() {
        assertThat(web("environment: {DB_PASSWORD: x, KEY_FILE: f, PASSWORD_FILE: g, URL: 'db://me:pw@h/d', A: 1}")
                        .template()
                        .secretNames())
                .isEqualTo(Set.of("DB_PASSWORD", "URL"));
        assertThat(web("""
                                environment: {DB_PASSWORD: x, A: 1}
                                x-cofferdam: {secret-env: [A]}
                                """).template().secretNames()).isEqualTo(Set.of("A"));
    }
}
