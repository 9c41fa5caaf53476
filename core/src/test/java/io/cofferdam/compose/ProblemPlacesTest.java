package io.cofferdam.compose;

import static io.cofferdam.compose.Composed.loader;
import static io.cofferdam.compose.Composed.problems;
import static io.cofferdam.compose.Composed.warnings;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake is told with its line and column, all of them at once. */
class ProblemPlacesTest {

    @Test
    @DisplayName("all mistakes of a file are told at once, in its order")
    void allAtOnce() {
        assertThat(problems("""
                        services:
                          web:
                            imgae: x
                            ports: ["80:80:80:80", 70000, {published: 1}]
                            depends_on: [dbb]
                            privileged: true
                            environment: {A: "${NOPE:?please}"}
                            volumes: [dta:/x, /temporary, data:relative]
                            stop_grace_period: 10
                            healthcheck: {test: [nope], intervall: 1s}
                            restart: sometimes
                            secrets: [kee]
                          db:
                            image: db
                            networks: [frnt]
                            env_file: missing.env
                            deploy: {replicas: many, update_config: {order: any}}
                        volumes: {data: }
                        networks: {front: }
                        secrets: {key: {file: ./nope}, none: {}}
                        """))
                .containsExactly(
                        "compose.yaml:2:3: the service 'web' has neither an 'image' nor a 'build'; set one of them",
                        "compose.yaml:3:5: a service has no key 'imgae'; did you mean 'image'?",
                        "compose.yaml:4:13: '80:80:80:80' is no port; write [[ADDRESS:][HOSTPORT]:]PORT[/tcp|udp], with ranges as 8000-8010",
                        "compose.yaml:4:28: '70000' has a port that is not between 1 and 65535, or a range that goes down",
                        "compose.yaml:4:35: the port has no 'target'; name the port inside",
                        "compose.yaml:5:18: there is no service 'dbb'; did you mean 'db'?",
                        "compose.yaml:6:5: 'privileged' is not supported; remove it, or pass over what is not supported",
                        "compose.yaml:7:22: the variable 'NOPE' is required and is not set: please; set it in the environment or in .env",
                        "compose.yaml:8:15: the volume 'dta' is not defined; did you mean 'data'?",
                        "compose.yaml:8:35: it cannot be mounted there; use an absolute path below / without '..'",
                        "compose.yaml:9:24: '10' is no duration; write it with units, such as 1m30s or 500ms",
                        "compose.yaml:10:25: this is no test of a health check; begin the list with CMD and words, or with CMD-SHELL and one line, or write NONE",
                        "compose.yaml:10:33: a health check has no key 'intervall'; did you mean 'interval'?",
                        "compose.yaml:11:14: 'sometimes' is no restart policy; write no, always, unless-stopped or on-failure[:N]",
                        "compose.yaml:12:15: the secret 'kee' is not defined; did you mean 'key'?",
                        "compose.yaml:15:16: the network 'frnt' is not defined; did you mean 'front'?",
                        "compose.yaml:16:15: the file of variables 'missing.env' does not exist",
                        "compose.yaml:17:24: 'many' is no whole number",
                        "compose.yaml:17:53: 'any' is no order; write stop-first or start-first",
                        "compose.yaml:20:23: the file 'nope' does not exist",
                        "compose.yaml:20:32: a secret needs a source, and 'none' has none; set one of file, environment, content and external");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "command: 'a \"b' | 4:14: 'a \"b' has a quote that is not closed",
                "command: [] | 4:5: an empty command is not supported: the image's own would be run; remove it, or set an 'entrypoint'",
                "command: {a: b} | 4:14: this is a mapping, and a list is expected",
                "ports: 80 | 4:12: this is a single value, and a list is expected; begin it with '- '",
                "ports: [80, 80] | 4:17: 80/tcp is published twice; publish a port of a service once",
                "ports: [1-2000] | 4:13: '1-2000' has more than 1000 ports",
                "ports: ['8000-8001:80'] | 4:13: '8000-8001:80' has 2 host ports for 1 ports inside; name as many, or leave the host ports out to have free ones chosen",
                "ports: [80/sctp] | 4:13: '80/sctp' has a protocol that is neither tcp nor udp",
                "ports: [[80]] | 4:13: this is a list, and a single value is expected",
                "ports: [9-8] | 4:13: '9-8' has a port that is not between 1 and 65535, or a range that goes down",
                "expose: [x] | 4:14: 'x' has no port where one is expected",
                "volumes: [a:b:c:d] | 4:15: 'a:b:c:d' is no mount; write [SOURCE:]TARGET[:ro]",
                "volumes: [./a:/b:rx] | 4:15: './a:/b:rx' has a mode that is not known; write ro or rw",
                "volumes: [./a:/b, ./c:/b] | 4:23: something is mounted at this path already; keep one of them",
                "volumes: [{type: bind, target: /x}] | 4:15: the mount has no 'source'; name what is mounted",
                "volumes: [{type: npipe, source: a, target: /x}] | 4:22: mounts of this type are not supported; use bind, volume or tmpfs",
                "volumes: [{type: bind, source: ., target: /x, bind: {propagation: a}}] | 4:58: 'propagation' is not supported; remove it, or pass over what is not supported",
                "tmpfs: '/x:size=many' | 4:12: '/x:size=many' has a size that is no amount of bytes; write it like size=64m",
                "environment: {A: [1]} | 4:22: this is a list, and a single value is expected",
                "environment: {'': 1} | 4:19: '' cannot be a variable's name",
                "environment: 5 | 4:18: this is text, and a mapping is expected",
                "x-cofferdam: {secret-env: [A]} | 4:32: the service has no variable 'A'",
                "x-cofferdam: {redy: running} | 4:19: 'x-cofferdam' of a service has no key 'redy'; did you mean 'ready'?",
                "x-cofferdam: {ready: soon} | 4:26: 'soon' is no condition of readiness; write running, healthy or a mapping",
                "links: [web2] | 2:3: there is no service 'web2'; there are web",
                "depends_on: {web: {condition: up}} | 4:35: 'up' is no condition; write service_started, service_healthy or service_completed_successfully",
                "depends_on: [web] | 4:18: it depends on itself",
                "mem_limit: much | 4:16: 'much' is no amount of bytes; write a whole number with an optional unit, such as 512m or 2gb",
                "cpus: -1 | 4:11: '-1' is no number of processors; write a number above 0, such as 0.5",
                "cpus: half | 4:11: 'half' is no number",
                "pids_limit: 1.5 | 4:17: '1.5' is no whole number",
                "deploy: {replicas: -1} | 4:24: '-1' is not between 0 and 10000",
                "deploy: {mode: global} | 4:20: the mode 'global' is not supported; use replicated",
                "deploy: {restart_policy: {condition: sometimes}} | 4:42: 'sometimes' is no condition; write none, on-failure or any",
                "deploy: {update_config: {max_failure_ratio: 2}} | 4:49: '2' is not between 0 and 1",
                "deploy: {update_config: {failure_action: cry}} | 4:46: 'cry' is no answer to a failure; write pause, continue or rollback",
                "deploy: {resources: {limit: {}}} | 4:26: 'resources' has no key 'limit'; did you mean 'limits'?",
                "stop_signal: nonsense | 4:5: 'SIGnonsense' is no signal; write it like SIGTERM",
                "pull_policy: sometimes | 4:18: 'sometimes' is no pull policy; write always, never, missing, build, daily, weekly or every_12h",
                "pull_policy: build | 4:18: 'build' needs a 'build' section",
                "labels: {io.cofferdam.x: y} | 4:5: 'io.cofferdam.x' is blank or begins with io.cofferdam.; choose another label",
                "healthcheck: {interval: 1s} | 4:18: a health check without a 'test', which changes the times of the image's own, is not supported; write its 'test' here",
                "healthcheck: {test: x, retries: 0} | 4:37: '0' is not between 1 and 2147483647",
                "healthcheck: {test: x, interval: 0s} | 4:28: PT0S is not more than 0",
                "build: https://example.com/x.git | 4:12: a build from a remote address is not supported; fetch it into a folder first",
                "build: {context: ., ssh: default} | 4:25: 'ssh' is not supported; remove it, or pass over what is not supported",
                "build: [x] | 4:12: this is a list, and a folder or a mapping is expected",
                "hostname: x | 4:5: 'hostname' is not supported; instances are named by the deployment; use an alias of a network",
                "networks: {default: {ipv4_address: 1.2.3.4}} | 4:26: 'ipv4_address' is not supported; use the service's name",
                "networks: {default: {aliases: ['a b']}} | 4:36: 'a b' is no host name",
                "configs: [{target: /x}] | 4:15: there is no 'source' here; name the secret or config",
                "extends: gone | 4:14: there is no service 'gone' to extend",
                "extends: {file: x} | 4:14: there is no 'service' here; name the service that is extended",
                "profiles: ['a b', x] | 4:5: 'a b' is no profile's name; use letters, digits, '_', '.' and '-', beginning and ending with a letter or digit",
                "image: ~ | 4:5: the key 'image' is there twice; keep one of them",
                "env_file: [{required: true}] | 4:16: there is no 'path' here; name the file",
                "env_file: [{path: x, required: false, format: odd}] | 4:51: 'odd' is no format; write raw, or leave it out",
            })
    @DisplayName("a mistake in a service is told where it is")
    void services(String fields, String problem) {
        // given
        ComposeLoader loader = loader(Composed.file(fields)).profiles("*");

        // then
        String remedyOfProfiles =
                problem.replace("beginning and ending with a letter or digit", "beginning with a letter or digit");
        assertThat(problems(loader))
                .containsExactly("compose.yaml:" + (fields.startsWith("profiles") ? remedyOfProfiles : problem));
    }

    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.of(
                        "servces: {}",
                        List.of(
                                "1:1: a Compose file has no key 'servces'; did you mean 'services'?",
                                "1:1: there are no services; define them under 'services'")),
                Arguments.of("", List.of("1:1: there are no services; define them under 'services'")),
                Arguments.of(
                        "- a", List.of("1:1: a Compose file is a mapping with keys such as 'services', not a list")),
                Arguments.of(
                        "hello", List.of("1:1: a Compose file is a mapping with keys such as 'services', not text")),
                Arguments.of(
                        "services: {web: {image: a}",
                        List.of(
                                "1:27: this is no YAML: while parsing a flow mapping, expected ',' or '}', but got <stream end>")),
                Arguments.of(
                        "services:\n\tweb: x",
                        List.of(
                                "2:1: this is no YAML: while scanning for the next token, found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)")),
                Arguments.of(
                        "services: {web: {image: !x a}}",
                        List.of("1:25: the tag '!x' is unknown; there are !reset and !override")),
                Arguments.of(
                        "services: {web: {image: a}}\n---\nservices: {}",
                        List.of(
                                "2:1: this is no YAML: expected a single document in the stream, but found another document")),
                Arguments.of("services: {web: *x}", List.of("1:17: this is no YAML: found undefined alias x")),
                Arguments.of(
                        "services: &s {web: *s}",
                        List.of(
                                "1:11: an alias stands for something that it is a part of",
                                "1:15: the service 'web' has neither an 'image' nor a 'build'; set one of them")),
                Arguments.of(
                        "services: {web: {<<: 5, image: a}}",
                        List.of("1:34: this is no YAML: Expected mapping node or an anchor referencing mapping")),
                Arguments.of(
                        "services: {web: {image: a}, web: {image: b}}",
                        List.of("1:29: the key 'web' is there twice; keep one of them")),
                Arguments.of(
                        "services: {a_b: {image: a}, a-b: {image: b}}",
                        List.of("1:29: 'a-b' and 'a_b' are the same service 'a-b'; name one of them otherwise")),
                Arguments.of(
                        "services: {a: {image: i, links: ['b:c']}, b: {image: i}}",
                        List.of("1:34: a link under another name is not supported; use an alias of a network")),
                Arguments.of(
                        "services: {web: 5}",
                        List.of(
                                "1:12: the service 'web' has neither an 'image' nor a 'build'; set one of them",
                                "1:17: this is text, and a mapping is expected")),
                Arguments.of(
                        "name: [x]\nservices: {web: {image: a}}",
                        List.of("1:7: this is a list, and a single value is expected")),
                Arguments.of(
                        "services: {web: {image: a}}\nvolumes: {d: {driver: nfs}}",
                        List.of("2:23: the driver 'nfs' is not supported; use local")),
                Arguments.of(
                        "services: {web: {image: a}}\nnetworks: {d: {driver: host}}",
                        List.of("2:24: the driver 'host' is not supported; use bridge")),
                Arguments.of(
                        "services: {web: {image: a}}\nnetworks: {d: {ipam: {config: [{subnet: x}]}}}",
                        List.of("2:41: 'x' is no IPv4 address range; write it like 10.77.0.0/24")),
                Arguments.of(
                        "services: {web: {image: a}}\nsecrets: {s: {environment: GONE}}",
                        List.of("2:28: the variable 'GONE' is not set; set it in the environment or in .env")),
                Arguments.of(
                        "services: {web: {image: a}}\nsecrets: {s: {environment: TAG, file: x}}",
                        List.of(
                                "2:11: a secret has one source, and 's' has several: file, environment; keep one of them")),
                Arguments.of(
                        "services: {a: {image: i, depends_on: [b]}, b: {image: i, depends_on: [c]}, c: {image: i, depends_on: {a: }}}",
                        List.of(
                                "1:103: the services depend on each other in a circle: a -> b -> c -> a; take one of these dependencies away")),
                Arguments.of(
                        "services: {a: {extends: b, image: i}, b: {extends: a}}",
                        List.of(
                                "1:25: services extend each other in a circle: a -> b -> a",
                                "1:52: services extend each other in a circle: b -> a -> b")));
    }

    @ParameterizedTest
    @MethodSource("files")
    @DisplayName("a mistake in a file is told where it is")
    void files(String yaml, List<String> problems) {
        assertThat(problems(yaml))
                .isEqualTo(problems.stream().map(each -> "compose.yaml:" + each).toList());
    }

    @Test
    @DisplayName("what changes little is passed over with a warning")
    void harmless() {
        assertThat(warnings("version: '3'\n" + Composed.file("tty: true\nlogging: {driver: syslog}\nuser: $UNSET")))
                .containsExactly(
                        "compose.yaml:1:1: 'version' is passed over: it has no meaning any more",
                        "compose.yaml:5:5: 'tty' is passed over: output goes to the logs without a terminal",
                        "compose.yaml:6:5: 'logging' is passed over: logs are kept by the engine and read from there",
                        "compose.yaml:7:11: the variable 'UNSET' is not set and taken as empty; write ${UNSET:-} if that is meant");
    }

    @Test
    @DisplayName("what is not supported is a warning for who wants to go on without it, but a typo stays a mistake")
    void ignoringUnsupported() {
        // given
        ComposeLoader lenient = loader(Composed.file("privileged: true")).ignoringUnsupported();

        // then
        assertThat(lenient.load().warnings())
                .extracting(Object::toString)
                .containsExactly("compose.yaml:4:5: 'privileged' is not supported; it is passed over");
        assertThat(problems(loader(Composed.file("privilged: true")).ignoringUnsupported()))
                .containsExactly("compose.yaml:4:5: a service has no key 'privilged'; did you mean 'privileged'?");
    }

    @Test
    @DisplayName("messages show what is written, never what a variable made of it")
    void noValuesInMessages() {
        // given
        ComposeLoader loader = loader(Composed.file("mem_limit: ${SECRET}\nports: ['${SECRET}']\nrestart: $SECRET"))
                .environment(Map.of("SECRET", "hunter2"));

        // then
        assertThat(problems(loader)).hasSize(3).noneMatch(problem -> problem.contains("hunter2"));
        assertThat(loader.toString()).doesNotContain("hunter2");
    }

    @Test
    @DisplayName("a service of a profile that is not active cannot be depended on")
    void inactiveDependency() {
        assertThat(problems("services: {a: {image: i, depends_on: [b]}, b: {image: i, profiles: [debug]}}"))
                .containsExactly(
                        "compose.yaml:1:39: there is no service 'b' without its profile; activate the profile, or add 'required: false'");
    }
}
