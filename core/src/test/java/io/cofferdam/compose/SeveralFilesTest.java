package io.cofferdam.compose;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.application.Application;
import io.cofferdam.application.Service;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.PortMapping;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files over files, services that extend services, and projects that include projects. */
class SeveralFilesTest {

    @TempDir
    private Path folder;

    private Path write(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    private ComposeLoader loader(Path... files) {
        return ComposeLoader.of(files).environment(Map.of("OUTER", "outer"));
    }

    private Service merged(String base, String over) throws IOException {
        return loader(
                        write("a.yaml", "services:\n  web:\n    image: a\n" + base.indent(4) + "volumes: {v: , w: }\n"),
                        write("b.yaml", "services:\n  web:\n" + over.indent(4)))
                .load()
                .application()
                .service("web")
                .orElseThrow();
    }

    @Test
    @DisplayName("mappings are merged, lists appended, commands and single values replaced")
    void merge() throws IOException {
        // when
        Service web = merged("""
                command: [a, b]
                environment: {A: 1, B: 1}
                labels: [x=1, y=1]
                expose: [1, 2]
                stop_signal: SIGINT
                healthcheck: {test: [CMD, a], retries: 9}
                deploy: {replicas: 2, resources: {limits: {cpus: 1}}}
                """, """
                command: [c]
                environment: [B=2, C=2]
                labels: {y: 2}
                expose: [2, 3]
                healthcheck: {test: [CMD, b]}
                deploy: {resources: {limits: {memory: 1m}}}
                """);

        // then
        assertThat(web.template().command()).containsExactly("c");
        assertThat(web.template().env()).isEqualTo(Map.of("A", "1", "B", "2", "C", "2"));
        assertThat(web.template().labels()).isEqualTo(Map.of("x", "1", "y", "2"));
        assertThat(web.exposedPorts()).hasSize(3);
        assertThat(web.template().stopSignal()).isEqualTo("SIGINT");
        assertThat(web.template().healthCheck().orElseThrow().retries()).isEqualTo(9);
        assertThat(web.replicas()).isEqualTo(2);
        assertThat(web.template().limits().cpus()).hasValue(1);
        assertThat(web.template().limits().memory()).hasValue(1 << 20);
    }

    @Test
    @DisplayName("entries that stand for one thing replace each other: ports, mounts, secrets and configs")
    void unique() throws IOException {
        // when
        Service web = merged(
                "ports: ['80:80', '81:81']\nvolumes: ['v:/x', 'v:/y']",
                "ports: [{target: 80, published: 80, host_ip: ''}, '82:82']\nvolumes: ['w:/x:ro']");

        // then
        assertThat(web.template().ports())
                .containsExactly(PortMapping.fixed(80, 80), PortMapping.fixed(81, 81), PortMapping.fixed(82, 82));
        assertThat(web.template().mounts())
                .containsExactly(Mount.volume("w", "/x").asReadOnly(), Mount.volume("v", "/y"));
    }

    @Test
    @DisplayName("!reset takes away, !override replaces")
    void resetAndOverride() throws IOException {
        // when
        Service web = merged(
                "ports: ['80:80']\nexpose: [1]\nenvironment: {A: 1, B: 1}\nuser: root\nlabels: {a: 1}",
                "ports: !override ['90:80']\nexpose: !reset []\nenvironment: {A: !reset null}\nuser: !reset null\nlabels: !override {b: 2}");

        // then
        assertThat(web.template().ports()).containsExactly(PortMapping.fixed(90, 80));
        assertThat(web.exposedPorts()).isEmpty();
        assertThat(web.template().env()).isEqualTo(Map.of("B", "1"));
        assertThat(web.template().user()).isEmpty();
        assertThat(web.template().labels()).isEqualTo(Map.of("b", "2"));
    }

    @Test
    @DisplayName("a service extends one of its file, of another file, and through several")
    void extending() throws IOException {
        // given
        write("common/base.yaml", """
                services:
                  root: {image: root, volumes: [./data:/data], environment: {A: root, B: root}}
                  base: {extends: {service: root}, environment: {B: base}, ports: ['1:1']}
                """);
        Path file = write("compose.yaml", """
                services:
                  web: {extends: {service: mid, file: compose.yaml}, ports: !reset [], user: web}
                  mid: {extends: {service: base, file: common/base.yaml}, environment: {C: mid}}
                """);

        // when
        Service web = loader(file).load().application().service("web").orElseThrow();

        // then
        assertThat(web.template().image()).contains("root");
        assertThat(web.template().env()).isEqualTo(Map.of("A", "root", "B", "base", "C", "mid"));
        assertThat(web.template().mounts()).containsExactly(Mount.bind(folder.resolve("common/data"), "/data"));
        assertThat(web.template().ports()).isEmpty();
        assertThat(web.template().user()).contains("web");
    }

    @Test
    @DisplayName("mistakes in extended files are told at their own place, circles across files by name")
    void extendingMistakes() throws IOException {
        // given
        write(
                "other.yaml",
                "services:\n  a: {image: i, restart: never}\n  b: {extends: {service: c, file: compose.yaml}}\n");
        Path file = write("compose.yaml", """
                services:
                  a: {extends: {service: a, file: other.yaml}}
                  c: {image: i, extends: {service: b, file: other.yaml}}
                  d: {image: i, extends: {service: x, file: gone.yaml}}
                """);

        // then
        assertThat(Composed.problems(loader(file)))
                .anySatisfy(problem -> assertThat(problem).contains("other.yaml:2:26: 'never' is no restart policy"))
                .anySatisfy(problem -> assertThat(problem).contains("circle"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("compose.yaml:4:45: the file '" + folder + "/gone.yaml' does not exist"))
                .hasSize(3);
    }

    @Test
    @DisplayName("an included project has its own folder and variables, over which those outside win")
    void include() throws IOException {
        // given
        write("db/.env", "OUTER=inner\nINNER=inner\n");
        write("db/vars.env", "X=${INNER}-${OUTER}\n");
        write("db/compose.yaml", """
                services:
                  db: {image: "db:${INNER}-${OUTER}", volumes: [./data:/data], env_file: vars.env, environment: [INNER]}
                volumes: {v: }
                """);
        Path file = write(
                "compose.yaml",
                "include: [db/compose.yaml]\nservices: {web: {image: w, depends_on: [db], volumes: ['v:/v']}}\n");

        // when
        LoadedApplication loaded = loader(file).load();

        // then
        Service db = loaded.application().service("db").orElseThrow();
        assertThat(db.template().image()).contains("db:inner-outer");
        assertThat(db.template().mounts()).containsExactly(Mount.bind(folder.resolve("db/data"), "/data"));
        assertThat(db.template().env()).isEqualTo(Map.of("X", "inner-outer", "INNER", "inner"));
        assertThat(loaded.application().volumes()).containsOnlyKeys("v");
        assertThat(loaded.files()).contains(file, folder.resolve("db/compose.yaml"), folder.resolve("db/vars.env"));
    }

    @Test
    @DisplayName("the long form of an include: several files, another folder, other variables")
    void includeLong() throws IOException {
        // given
        write("vars", "TAG=5\n");
        write("db/a.yaml", "services: {db: {image: 'db:${TAG}', volumes: ['./x:/x']}}\n");
        write("db/b.yaml", "services: {db: {user: root}}\n");
        Path file = write(
                "compose.yaml",
                "include: [{path: [db/a.yaml, db/b.yaml], project_directory: other, env_file: vars}]\n");

        // when
        Service db = loader(file).load().application().service("db").orElseThrow();

        // then
        assertThat(db.template().image()).contains("db:5");
        assertThat(db.template().user()).contains("root");
        assertThat(db.template().mounts()).containsExactly(Mount.bind(folder.resolve("other/x"), "/x"));
    }

    @Test
    @DisplayName("conflicts of includes and circles of them are told")
    void includeMistakes() throws IOException {
        // given
        write("a.yaml", "include: [b.yaml]\nservices: {web: {image: other}}\n");
        write("b.yaml", "include: [a.yaml]\nservices: {b: {image: b}}\n");
        Path file = write("compose.yaml", "include: [a.yaml, gone.yaml]\nservices: {web: {image: w}}\n");

        // then
        assertThat(Composed.problems(loader(file)))
                .anySatisfy(problem -> assertThat(problem).contains("files include each other in a circle"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("compose.yaml:1:19: the included file")
                        .contains("gone.yaml' does not exist"))
                .anySatisfy(problem -> assertThat(problem)
                        .contains("compose.yaml:2:12: 'web' is defined by the included file too, at " + folder
                                + "/a.yaml:2:12"))
                .hasSize(3);
    }

    @Test
    @DisplayName("variables: those of the process win over .env, a file that is named has to be there")
    void variables() throws IOException {
        // given
        write(".env", "OUTER=file\nTAG=1\nCOMPOSE_PROJECT_NAME=named\nCOMPOSE_PROFILES=debug\n");
        Path other = write("other.env", "TAG=2\n");
        Path file =
                write("compose.yaml", "services: {web: {image: '$OUTER:$TAG'}, d: {image: d, profiles: [debug]}}\n");

        // when
        Application usual = loader(file).load().application();
        Application named = loader(file).variableFiles(other).load().application();

        // then
        assertThat(usual.service("web").orElseThrow().template().image()).contains("outer:1");
        assertThat(usual.project()).isEqualTo("named");
        assertThat(usual.services()).hasSize(2);
        assertThat(named.service("web").orElseThrow().template().image()).contains("outer:2");
        assertThat(named.project()).isEqualTo(Text.name(folder.getFileName().toString()));
        assertThat(Composed.problems(loader(file).variableFiles(folder.resolve("gone"))))
                .anySatisfy(problem -> assertThat(problem).contains("gone' does not exist"));
    }

    @Test
    @DisplayName("files of variables of a service: the later wins, its own win over all, optional ones may be missing")
    void envFiles() throws IOException {
        // given
        write("a.env", "A=a\nB=a\nC=a\n");
        write("b.env", "B=b\nC='$x'\n");
        write("raw.env", "R='raw' # $x\n");
        Path file = write("compose.yaml", """
                services:
                  web:
                    image: w
                    env_file: [a.env, {path: b.env}, {path: gone.env, required: false}, {path: raw.env, format: raw}]
                    environment: {C: own}
                """);

        // then
        assertThat(loader(file)
                        .load()
                        .application()
                        .service("web")
                        .orElseThrow()
                        .template()
                        .env())
                .isEqualTo(Map.of("A", "a", "B", "b", "C", "own", "R", "'raw' # $x"));
    }

    @Test
    @DisplayName("profiles: services without one are always there, all are with *")
    void profiles() throws IOException {
        // given
        Path file = write(
                "compose.yaml",
                "services: {a: {image: i}, b: {image: i, profiles: [x]}, c: {image: i, profiles: [x, y]}}\n");

        // then
        assertThat(names(loader(file))).containsExactly("a");
        assertThat(names(loader(file).profiles("y"))).containsExactly("a", "c");
        assertThat(names(loader(file).profiles("*"))).containsExactly("a", "b", "c");
    }

    private static List<String> names(ComposeLoader loader) {
        return loader.load().application().services().stream()
                .map(Service::name)
                .toList();
    }

    @Test
    @DisplayName("secrets from files, whose content makes the hash and is shown by nothing")
    void secretFiles() throws IOException {
        // given
        Path secret = write("key.txt", "hunter2");
        Path file =
                write("compose.yaml", "services: {web: {image: w, secrets: [key]}}\nsecrets: {key: {file: key.txt}}\n");
        Application before = loader(file).load().application();

        // when
        Files.writeString(secret, "hunter3");
        Application after = loader(file).load().application();

        // then
        assertThat(after.contentHash("web")).isNotEqualTo(before.contentHash("web"));
        assertThat(before.toString() + before.secrets()).doesNotContain("hunter2");
    }
}
