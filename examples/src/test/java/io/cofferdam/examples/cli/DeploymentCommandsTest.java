package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.examples.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands about deployments at work on processes, and the shapes of JSON that CLI.md promises. */
@Timeout(180)
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands run inside are those of a POSIX system")
class DeploymentCommandsTest {

    @TempDir
    private Path folder;

    private String file = "";

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("compose.yaml"), """
                        name: tiny
                        x-cofferdam: {version: "${V:-1}"}
                        services:
                          web:
                            command: [sh, -c, "test $$BROKEN = no && exec sleep 1000"]
                            environment: {V: "${V:-1}", BROKEN: "${BROKEN:-no}"}
                            depends_on: [db]
                          db: {command: [sleep, "1000"]}
                        """).toString();
    }

    @AfterEach
    void removeEverything() {
        if (Files.exists(folder.resolve("deployments/projects/tiny.json"))) {
            assertThat(run("down", "tiny").exitCode()).isZero();
        }
        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
    }

    private Cli cli() {
        return new Cli()
                .variable("COFFERDAM_STATE", folder.resolve("deployments").toString());
    }

    private Outcome run(String... args) {
        return run(cli(), args);
    }

    private Outcome run(Cli cli, String... args) {
        List<String> all = new ArrayList<>(List.of(
                "--engine", "process", "--state", folder.resolve("processes").toString()));
        all.addAll(List.of(args));
        return cli.run(all.toArray(String[]::new));
    }

    private Outcome deploy(String version, String... options) {
        List<String> all = new ArrayList<>(List.of("deploy", file, "--router", "none"));
        all.addAll(List.of(options));
        return run(cli().variable("V", version), all.toArray(String[]::new));
    }

    @Test
    @DisplayName("a deployment is brought, seen, rolled, scaled, stopped, started, rolled back and removed")
    void life() {
        // when
        Outcome first = deploy("1");
        Outcome second = deploy("2", "--strategy", "recreate", "--json");

        // then
        assertThat(first.exitCode()).as(first.err()).isZero();
        assertThat(first.out()).startsWith("'tiny' version 1 completed after ");
        assertThat(first.err()).contains("deployment_started", "instance_started", "web", "deployment_completed");
        assertThat(second.json().path("status").asText()).isEqualTo("completed");
        assertThat(second.json().path("version").asText()).isEqualTo("2");
        assertThat(second.json().path("strategy").asText()).isEqualTo("recreate");

        JsonNode status = run("status", "tiny", "--json").json();
        assertThat(status.path("stable").asText()).isEqualTo("2");
        assertThat(status.at("/deployment/progress").asInt()).isEqualTo(100);
        assertThat(status.path("instances")).hasSize(2);
        assertThat(run("status").out()).contains("tiny", "completed");

        // when
        Outcome moved = run("deploy", file, "--router", "gateway");

        // then
        assertThat(moved.exitCode()).isEqualTo(2);
        assertThat(moved.err()).contains("project 'tiny' is behind router 'none'", "take it down first (down tiny)");

        // when
        Outcome scaled = run("scale", "tiny", "web=2");

        // then
        assertThat(scaled.exitCode()).as(scaled.err()).isZero();
        JsonNode instances = run("instances", "tiny", "--json").json().path("instances");
        assertThat(instances).hasSize(3);
        assertThat(StreamSupport.stream(instances.spliterator(), false)
                        .map(one -> one.path("condition").asText()))
                .containsOnly("available");

        // when
        Outcome stopped = run("stop", "tiny/web");
        String without = run("instances", "tiny").out();
        Outcome started = run("start", "tiny/web", "--json");

        // then
        assertThat(stopped.out()).isEqualTo("tiny/web stopped\n");
        assertThat(without).contains("unavailable");
        assertThat(started.json().at("/results/0/succeeded").asBoolean()).isTrue();
        assertThat(run("instances", "tiny").out()).doesNotContain("unavailable");

        // when
        Outcome back = run("rollback", "tiny", "--to", "1");

        // then
        assertThat(back.exitCode()).as(back.err()).isZero();
        JsonNode history = run("history", "tiny", "--json").json().path("deployments");
        assertThat(history).hasSize(4);
        assertThat(history.at("/0/kind").asText()).isEqualTo("rollback");
        assertThat(history.at("/0/version").asText()).isEqualTo("1");
        assertThat(run("history", "tiny", "-n", "1").out().lines()).hasSize(2);

        // when
        Outcome down = run("down", "tiny", "--volumes");

        // then
        assertThat(down.exitCode()).as(down.err()).isZero();
        assertThat(run("instances", "tiny", "--json").json().path("instances")).isEmpty();
    }

    @Test
    @DisplayName("events of a project are numbered without gaps, and followed for a time")
    void events() throws IOException {
        // given
        assertThat(deploy("1").exitCode()).isZero();

        // when
        Outcome all = run("events", "tiny", "--json");
        Outcome web = run("events", "tiny/web", "-f", "--for", "10ms");

        // then
        List<String> lines = all.out().lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(new ObjectMapper()
                            .readTree(lines.get(i))
                            .path("sequence")
                            .asInt())
                    .isEqualTo(i + 1);
        }
        assertThat(lines.get(lines.size() - 1)).contains("deployment_completed");
        assertThat(web.exitCode()).isZero();
        assertThat(web.out()).contains("instance_available").doesNotContain("  db  ");
    }

    @Test
    @DisplayName("a release that does not run is rolled back, and the exit code is 1")
    void bad() {
        // given
        assertThat(deploy("1").exitCode()).isZero();

        // when
        Outcome bad = run(
                cli().variable("V", "2").variable("BROKEN", "yes"),
                "deploy",
                file,
                "--progress-deadline",
                "20s",
                "--json");

        // then
        assertThat(bad.exitCode()).isEqualTo(1);
        assertThat(bad.json().path("status").asText()).isEqualTo("rolled-back");
        assertThat(bad.json().path("rollbackVersion").asText()).isEqualTo("1");
        assertThat(run("status", "tiny", "--json").json().path("stable").asText())
                .isEqualTo("1");
        Outcome nothing = run("cancel", "tiny");
        assertThat(nothing.exitCode()).isEqualTo(1);
        assertThat(nothing.err()).contains("no deployment of 'tiny' is under way", "rolled-back");
    }

    @Test
    @DisplayName("detached work is done by a process of its own")
    void detached() throws IOException {
        // when
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(90);
        Outcome detached = deploy("1", "--detach", "--json");

        // then
        assertThat(detached.exitCode()).as(detached.err()).isZero();
        assertThat(detached.json().path("status").asText()).isEqualTo("pending");
        JsonNode status;
        do {
            Outcome outcome = run("status", "tiny", "--json");
            assertThat(outcome.exitCode()).as(outcome.err()).isZero();
            status = outcome.json();
        } while (status.at("/deployment/progress").asInt() < 100 && System.nanoTime() - end < 0);
        assertThat(status.at("/deployment/status").asText())
                .as(Files.readString(folder.resolve("deployments/controller-tiny.log")))
                .isEqualTo("completed");
    }

    @Test
    @DisplayName("a plan is shown in three forms and changes nothing")
    void plan() {
        // when
        Outcome text = deploy("1", "--plan");
        Outcome chart = deploy("1", "--plan=mermaid");
        Outcome json = deploy("1", "--plan", "--json");

        // then
        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out()).contains("1. start db@").contains("start web@");
        assertThat(chart.out()).startsWith("flowchart TD\n");
        assertThat(json.json().path("steps")).hasSize(4);
        assertThat(run("history", "tiny").err()).contains("there is no project 'tiny'");
    }

    @Test
    @DisplayName("what cannot work ends with 2 and every reason, and what is not there with 1")
    void mistakes() throws IOException {
        // given
        String wrong = Files.writeString(folder.resolve("wrong.yaml"), "services: {web: {imag: a, privileged: true}}\n")
                .toString();

        // when
        Outcome invalid = run("deploy", wrong, "--json");
        Outcome mixed = deploy("1", "--strategy", "recreate", "--max-surge", "1", "--wait", "5s");
        Outcome steps = deploy("1", "--steps", "10:soon");
        Outcome strategy = deploy("1", "--strategy", "yolo");
        Outcome router = run("deploy", file, "--router", "magic");
        Outcome form = deploy("1", "--plan=svg");

        // then
        assertThat(invalid.exitCode()).isEqualTo(2);
        assertThat(invalid.error().path("problems")).hasSize(3);
        assertThat(mixed.exitCode()).isEqualTo(2);
        assertThat(mixed.err())
                .contains("--max-surge is for the strategy rolling, and this is recreate")
                .contains("--wait is for the strategy blue-green, and this is recreate");
        assertThat(List.of(steps, strategy, router, form))
                .allSatisfy(outcome -> assertThat(outcome.exitCode()).isEqualTo(2));
        assertThat(strategy.err()).contains("there is no strategy 'yolo'");
        for (String command : List.of("status", "instances", "rollback", "cancel", "promote", "abort", "down")) {
            Outcome missing = run(command, "nowhere");
            assertThat(missing.exitCode()).as(command).isEqualTo(1);
            assertThat(missing.err()).as(command).contains("there is no project 'nowhere'; nothing was deployed yet");
        }
    }
}
