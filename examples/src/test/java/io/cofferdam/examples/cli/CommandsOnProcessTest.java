package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.examples.cli.Cli.Outcome;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The commands at work on real processes, and the shapes of JSON that CLI.md promises. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the commands run inside are those of a POSIX system")
class CommandsOnProcessTest {

    private final Cli cli = new Cli();

    @TempDir
    private Path state;

    @AfterEach
    void removeEverything() {
        assertThat(run("rm", "-f", "--all").exitCode()).isZero();
    }

    @Test
    void foregroundRunShowsBothStreamsEndsWithTheExitCodeAndLeavesNothing() {
        Outcome outcome = run("run", "--", "sh", "-c", "echo out; echo err >&2; exit 7");

        assertThat(outcome.exitCode()).isEqualTo(7);
        assertThat(outcome.out()).isEqualTo("out\n");
        assertThat(outcome.err()).isEqualTo("err\n");
        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
    }

    @Test
    void gcShowsAndRemovesWhatDeadProgramsLeft() throws IOException {
        assertThat(run("run", "-d", "--name", "kept", "--", "sleep", "600").exitCode())
                .isZero();
        assertThat(run("run", "-d", "--name", "orphan", "--", "sleep", "600").exitCode())
                .isZero();
        assertThat(run("gc").err()).contains("nothing is left behind");
        pretendThatTheProgramIsDead("orphan");

        JsonNode shown = run("gc", "--dry-run", "--json").json();
        JsonNode removed = run("gc", "--json").json();

        assertThat(shown.path("dryRun").asBoolean()).isTrue();
        assertThat(shown.path("leftovers")).hasSize(1);
        JsonNode left = shown.path("leftovers").path(0);
        assertThat(left.path("kind").asText()).isEqualTo("environment");
        assertThat(left.path("name").asText()).isEqualTo("orphan");
        assertThat(left.path("reason").asText()).isEqualTo("the JVM of its session has ended");
        assertThat(removed.path("leftovers")).isEqualTo(shown.path("leftovers"));
        assertThat(run("ps", "--json").json().path("environments")).hasSize(1);
    }

    /** Makes an environment one of a session, and its owner a process that started at another time. */
    private void pretendThatTheProgramIsDead(String name) throws IOException {
        try (var environments = Files.list(state.resolve("environments"))) {
            for (Path environment : environments.toList()) {
                Path file = environment.resolve("unit.json");
                String unit = Files.readString(file);
                if (unit.contains("\"engineName\":\"" + name + "\"")) {
                    Files.writeString(
                            file,
                            unit.replaceFirst("(\"io.cofferdam.owner\":\"[^\"]*:)\\d+\"", "$11\"")
                                    .replaceFirst(
                                            "\"io.cofferdam.lifetime\":\"persistent\"",
                                            "\"io.cofferdam.lifetime\":\"session\""));
                }
            }
        }
    }

    @Test
    void foregroundRunEndsWhenNobodyReadsItsOutput() {
        OutputStream broken = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("Broken pipe");
            }
        };
        PrintStream nowhere = new PrintStream(broken, true, StandardCharsets.UTF_8);
        Terminal terminal = new Terminal(
                InputStream.nullInputStream(),
                nowhere,
                System.err,
                true,
                false,
                false,
                Map.of(),
                Path.of("").toAbsolutePath());

        int exitCode =
                CofferdamCommand.run(terminal, engine("run", "--", "sh", "-c", "while :; do echo y; sleep 0.01; done"));

        assertThat(exitCode).isEqualTo(143);
        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
    }

    @Test
    void networksAreMadeListedJoinedAndRemoved() {
        assertThat(run("networks", "create", "backend", "--label", "team=shop").out())
                .isEqualTo("backend\n");
        assertThat(run("networks", "create", "backend").exitCode()).isEqualTo(1);
        assertThat(run("run", "-d", "--name", "web", "--network", "backend:www,shop", "--", "sleep", "100")
                        .exitCode())
                .isZero();

        JsonNode network = run("networks", "ls", "--label", "team=shop", "--json")
                .json()
                .path("networks")
                .path(0);
        assertThat(network.path("name").asText()).isEqualTo("backend");
        assertThat(network.path("labels").path("team").asText()).isEqualTo("shop");
        assertThat(network.path("members").findValuesAsText("environment")).containsExactly("web");
        assertThat(network.path("members").path(0).path("names").toString()).isEqualTo("[\"web\",\"www\",\"shop\"]");
        assertThat(run("networks").out()).contains("backend", "web");
        Outcome kept = run("networks", "rm", "backend", "--json");
        assertThat(kept.exitCode()).isEqualTo(1);
        assertThat(kept.json().path("results").path(0).path("removed").asBoolean())
                .isFalse();
        Outcome refused = run("networks", "connect", "backend", "web");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err()).contains("several-networks");
        assertThat(run("rm", "-f", "web").exitCode()).isZero();
        assertThat(run("networks", "prune", "--json").json().path("removed").toString())
                .isEqualTo("[\"backend\"]");
    }

    @Test
    void volumesAreMadeMeasuredAndRemoved() {
        assertThat(run("volumes", "create", "data").out()).isEqualTo("data\n");
        assertThat(run("volumes", "create", "spare", "--label", "keep=no").exitCode())
                .isZero();
        assertThat(run("run", "--volume", "data:/data", "--", "sh", "-c", "printf 12345 > data/file")
                        .exitCode())
                .isZero();

        JsonNode volumes = run("volumes", "ls", "--size", "--json").json().path("volumes");
        assertThat(volumes.findValuesAsText("name")).containsExactly("data", "spare");
        assertThat(volumes.path(0).path("size").asLong()).isEqualTo(5);
        assertThat(run("volumes").out()).contains("data", "spare");
        assertThat(run("volumes", "prune", "--label", "keep=no").out()).isEqualTo("spare\n");
        assertThat(run("volumes", "rm", "data").out()).isEqualTo("data\n");
        assertThat(run("volumes", "--json").json().path("volumes")).isEmpty();
    }

    @Test
    void aPoolIsFilledClaimedFromAndGoneAtTheEnd() {
        JsonNode pool = run("pool", "--json", "--size", "2", "--claims", "3", "--", "sleep", "100")
                .json();

        assertThat(pool.path("claims").asInt()).isEqualTo(3);
        assertThat(pool.path("created").asInt()).isGreaterThanOrEqualTo(3);
        assertThat(pool.path("medianMs").asDouble()).isPositive();
        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
    }

    @Test
    void anImageIsRefusedWhereThereAreNoneAndNotPassedOver() {
        Outcome outcome = run("run", "--image", "busybox:1", "--", "echo", "on the host");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("images", "leave --image out");
    }

    @Test
    void foregroundRunInJsonEndsWithTheExitCode() {
        Outcome outcome = run("run", "--json", "--name", "once", "--", "sh", "-c", "echo out; exit 3");

        List<String> lines = outcome.out().lines().toList();
        assertThat(lines).hasSize(2);
        assertThat(new Outcome(0, lines.get(0), "").json().path("text").asText())
                .isEqualTo("out");
        assertThat(lines.get(1)).isEqualTo("{\"name\":\"once\",\"exitCode\":3}");
        assertThat(outcome.exitCode()).isEqualTo(3);
    }

    @Test
    void eventsAreShownAsTheyHappenForATime() throws InterruptedException {
        Outcome[] shown = new Outcome[1];
        Thread watching = new Thread(() -> shown[0] = run("events", "--json", "--for", "3s", "seen"));
        watching.start();
        // The command has no way to say that it listens, so the environment is made until it was seen.
        long end = System.nanoTime() + 2_500_000_000L;
        while (watching.isAlive() && System.nanoTime() < end) {
            run("run", "--name", "seen", "--", "sh", "-c", "exit 3");
        }
        watching.join();

        assertThat(shown[0].exitCode()).isZero();
        List<JsonNode> events = shown[0].out()
                .lines()
                .map(line -> new Outcome(0, line, "").json())
                .toList();
        assertThat(events)
                .allSatisfy(event -> assertThat(event.path("name").asText()).isEqualTo("seen"));
        assertThat(names(events.get(0)))
                .containsExactly(
                        "at",
                        "type",
                        "name",
                        "id",
                        "exitCode",
                        "outOfMemory",
                        "health",
                        "attempt",
                        "delayMs",
                        "detail",
                        "formerId");
        assertThat(events)
                .anySatisfy(event -> {
                    assertThat(event.path("type").asText()).isEqualTo("exited");
                    assertThat(event.path("exitCode").asInt()).isEqualTo(3);
                })
                .anySatisfy(event -> assertThat(event.path("type").asText()).isEqualTo("removed"));
    }

    @Test
    void outputOfEveryRunIsShownInTheForeground() {
        var result = run("run", "--restart", "on-failure:2", "--", "sh", "-c", "echo out; echo err >&2; exit 3");

        assertThat(result.out()).isEqualTo("out\nout\nout\n");
        assertThat(result.err()).isEqualTo("err\nerr\nerr\n");
        assertThat(result.exitCode()).isEqualTo(3);
    }

    @Test
    void restartPoliciesAreReadAndShown() {
        for (String policy : List.of("no", "always", "on-failure:2", "unhealthy:3", "on-failure+unhealthy")) {
            assertThat(run(
                                    "run",
                                    "-d",
                                    "--name",
                                    "box",
                                    "--restart",
                                    policy,
                                    "--health-cmd",
                                    "true",
                                    "--wait",
                                    "uptime:10ms",
                                    "--wait",
                                    "health",
                                    "--",
                                    "sleep",
                                    "100")
                            .err())
                    .isEmpty();
            assertThat(run("inspect", "--json", "box")
                            .json()
                            .path("environments")
                            .path(0)
                            .path("spec")
                            .path("restart")
                            .asText())
                    .isEqualTo(policy);
            run("rm", "-f", "box");
        }
    }

    @Test
    void detachedEnvironmentIsListedInspectedStoppedAndRemoved() {
        JsonNode started = run("run", "-d", "--json", "--name", "box", "--label", "tier=front", "--", "sleep", "100")
                .json();
        assertThat(started.path("state").asText()).isEqualTo("running");
        assertThat(names(started))
                .isEqualTo(List.of(
                        "name",
                        "id",
                        "state",
                        "health",
                        "exitCode",
                        "image",
                        "stack",
                        "created",
                        "started",
                        "finished",
                        "restarts",
                        "outOfMemory",
                        "lifetime",
                        "expires",
                        "endpoints",
                        "labels"));
        assertThat(started.path("labels").path("tier").asText()).isEqualTo("front");
        assertThat(started.path("lifetime").asText()).isEqualTo("persistent");

        assertThat(run("ps").out()).contains("box", "running");
        assertThat(run("ps", "--label", "tier=back").out()).doesNotContain("box");
        assertThat(run("rm", "box").err()).contains("it is running; stop it first or use -f");
        assertThat(run("stop", "--label", "tier=front").out()).isEqualTo("box stopped\n");
        assertThat(run("ps", "--json").json().path("environments")).isEmpty();
        assertThat(run("ps", "-a").out()).contains("exited");
        assertThat(run("start", "box").exitCode()).isZero();
        assertThat(run("stats", "--json")
                        .json()
                        .path("stats")
                        .path(0)
                        .path("name")
                        .asText())
                .isEqualTo("box");

        Outcome removed = run("rm", "-f", "--json", "box");
        assertThat(removed.out().strip())
                .isEqualTo("{\"results\":[{\"name\":\"box\",\"succeeded\":true,\"error\":null}]}");
    }

    @Test
    void aBatchGoesOnAfterAFailureAndEndsWith1() {
        run("run", "-d", "--name", "there", "--", "sleep", "100");

        Outcome outcome = run("stop", "--json", "absent", "there");

        assertThat(outcome.exitCode()).isEqualTo(1);
        JsonNode results = outcome.json().path("results");
        assertThat(results.findValuesAsText("name")).containsExactly("absent", "there");
        assertThat(results.path(0).path("error").path("kind").asText()).isEqualTo("not-found");
        assertThat(results.path(1).path("succeeded").asBoolean()).isTrue();
    }

    @Test
    void execPassesInputAndOutputAndTheExitCode() {
        run("run", "-d", "--name", "box", "--", "sleep", "100");

        Outcome outcome = new Cli()
                .input("one\ntwo\n")
                .run(engine("exec", "box", "--", "sh", "-c", "wc -l; echo oops >&2; exit 42"));

        assertThat(outcome.exitCode()).isEqualTo(42);
        assertThat(outcome.out().strip()).isEqualTo("2");
        assertThat(outcome.err()).isEqualTo("oops\n");
    }

    @Test
    void execInJsonHoldsBothStreams() {
        run("run", "-d", "--name", "box", "--", "sleep", "100");

        Outcome outcome = run("exec", "--json", "box", "--", "sh", "-c", "printf a; printf b >&2");

        assertThat(outcome.out().strip())
                .isEqualTo("{\"exitCode\":0,\"stdout\":\"a\",\"stderr\":\"b\",\"truncated\":false}");
    }

    @Test
    void logsAreToldInPartsAndAfterTheEnd() {
        run("run", "-d", "--name", "talker", "--", "sh", "-c", "echo 1; echo 2; echo 3 >&2");

        assertThat(run("logs", "-f", "talker").out()).isEqualTo("1\n2\n");
        assertThat(run("logs", "--stream", "stderr", "talker").err()).isEqualTo("3\n");
        assertThat(run("logs", "--stream", "stdout", "--tail", "1", "talker").out())
                .isEqualTo("2\n");
        JsonNode json = run("logs", "--json", "talker").json();
        assertThat(names(json.path("lines").path(0))).containsExactly("stream", "at", "text", "complete");
    }

    @Test
    void logsAreFollowedAcrossARestartUntilTheEnvironmentIsRemoved() throws Exception {
        run("run", "-d", "--name", "talker", "--", "sh", "-c", "echo begun; exec sleep 600");
        Cli other = new Cli();
        CompletableFuture<Outcome> followed =
                CompletableFuture.supplyAsync(() -> other.run(engine("logs", "-f", "--across-restarts", "talker")));
        await(() -> other.outSoFar().equals("begun\n"));

        run("restart", "talker");
        await(() -> other.outSoFar().equals("begun\nbegun\n"));
        run("rm", "-f", "talker");

        Outcome outcome = followed.get(60, TimeUnit.SECONDS);
        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        assertThat(outcome.out()).isEqualTo("begun\nbegun\n");
    }

    private static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("in time").isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void anEnvironmentWithAParentGoesWithIt() {
        run("run", "-d", "--name", "parent", "--", "sleep", "600");
        run("run", "-d", "--name", "child", "--parent", "parent", "--", "sleep", "600");
        assertThat(run("ps", "--json")
                        .json()
                        .path("environments")
                        .path(0)
                        .path("lifetime")
                        .asText())
                .isEqualTo("child");

        assertThat(run("rm", "-f", "parent").exitCode()).isZero();

        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
        assertThat(run("run", "-d", "--lifetime", "child", "--", "true").err()).contains("it needs --parent NAME");
        assertThat(run("run", "-d", "--lifetime", "persistent", "--parent", "box", "--", "true")
                        .err())
                .contains("--parent: it does not go together with --lifetime persistent");
    }

    @Test
    void filesAreCopiedInAndOutUnderTheirOwnOrAnotherName(@TempDir Path host) throws IOException {
        run("run", "-d", "--name", "box", "--", "sleep", "100");
        Path source = Files.writeString(host.resolve("note.txt"), "hello");

        assertThat(run("cp", source.toString(), "box:sub/").exitCode()).isZero();
        assertThat(run("cp", "box:sub/note.txt", host.resolve("back.txt").toString())
                        .exitCode())
                .isZero();
        Outcome outside = run("cp", "box:../../../etc/hostname", host.toString());

        assertThat(host.resolve("back.txt")).hasContent("hello");
        assertThat(outside.exitCode()).isEqualTo(2);
        assertThat(host.resolve("hostname")).doesNotExist();
    }

    @Test
    void updateReplacesAndHidesSecrets() {
        new Cli()
                .variable("TOKEN", "geheim")
                .run(engine(
                        "run", "-d", "--name", "box", "--env", "A=1", "--secret-env", "TOKEN", "--", "sleep", "100"));

        Outcome updated = run("update", "box", "--env", "B=2", "--unset-env", "A", "--json");
        Outcome inspected = run("inspect", "box", "--json");

        assertThat(updated.exitCode()).as(updated.err()).isZero();
        JsonNode spec = inspected.json().path("environments").path(0).path("spec");
        assertThat(spec.path("env").toString()).isEqualTo("{\"TOKEN\":\"***\",\"B\":\"2\"}");
        assertThat(run("exec", "box", "--", "sh", "-c", "echo $TOKEN$B").out()).isEqualTo("geheim2\n");
        assertThat(run("inspect", "box").out()).contains("TOKEN=").doesNotContain("geheim");
    }

    @Test
    void inspectInJsonWroteThePathOfATemplateAsItsPartsWithoutEnd(@TempDir Path template) throws IOException {
        Files.writeString(template.resolve("note.txt"), "hello");
        run(
                "run",
                "-d",
                "--name",
                "box",
                "--template",
                template.toString(),
                "--volume",
                template + ":/data",
                "--",
                "sleep",
                "100");

        Outcome outcome = run("inspect", "box", "--json");

        assertThat(outcome.exitCode()).as(outcome.err()).isZero();
        JsonNode spec = outcome.json().path("environments").path(0).path("spec");
        assertThat(spec.path("template").asText()).isEqualTo(template.toString());
        assertThat(spec.path("mounts").path(0).path("source").asText()).isEqualTo(template.toString());
    }

    @Test
    void whatIsNotThereIsToldByAnErrorAlone() {
        Outcome inspected = run("inspect", "nope", "--json");
        Outcome measured = run("stats", "nope");

        assertThat(List.of(inspected.exitCode(), measured.exitCode())).containsOnly(1);
        assertThat(inspected.out()).isEmpty();
        assertThat(inspected.error().path("kind").asText()).isEqualTo("not-found");
        assertThat(measured.out()).isEmpty();
        assertThat(measured.err()).contains("'nope'");
    }

    @Test
    void updateToAnImageIsRefusedWhereThereAreNone() {
        run("run", "-d", "--name", "box", "--", "sleep", "100");

        Outcome updated = run("update", "box", "--image", "redis:7", "--json");

        assertThat(updated.exitCode()).isEqualTo(1);
        assertThat(updated.error().path("kind").asText()).isEqualTo("unsupported-capability");
        assertThat(updated.error().path("message").asText()).contains("cannot provide images");
    }

    @Test
    void everyCommandThatStartsTellsWhereThePortsAreReached() {
        run("run", "-d", "--name", "box", "--publish", "8080", "--wait", "running", "--", "sleep", "100");
        String reached = "  port 8080/tcp is reached at ";

        assertThat(run("restart", "box").out()).startsWith("box restarted\n" + reached);
        assertThat(run("update", "box", "--env", "A=1").out()).startsWith("box updated\n" + reached);
        assertThat(run("stop", "box").out()).isEqualTo("box stopped\n");
        assertThat(run("update", "box", "--env", "A=2").out()).isEqualTo("box updated\n");
        assertThat(run("start", "box").out()).startsWith("box started\n" + reached);
    }

    @Test
    void aStartThatFailsTellsWhyAndLeavesNothing() {
        Outcome outcome =
                run("run", "-d", "--name", "broken", "--wait", "port:9", "--", "sh", "-c", "echo no luck; exit 5");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.err()).contains("broken", "no luck").doesNotContain("\tat ");
        assertThat(run("ps", "-a", "--json").json().path("environments")).isEmpty();
    }

    @Test
    void aNameThatIsTakenIsAFailureOfItsOwnKind() {
        run("run", "-d", "--name", "box", "--", "sleep", "100");

        Outcome outcome = run("run", "-d", "--json", "--name", "box", "--", "sleep", "100");

        assertThat(outcome.exitCode()).isEqualTo(1);
        assertThat(outcome.error().path("kind").asText()).isEqualTo("name-taken");
    }

    @Test
    void enginesTellWhatThisOneCanDo() {
        JsonNode engine = run("engines", "--json").json().path("engines").path(0);

        assertThat(engine.path("engine").asText()).isEqualTo("process");
        assertThat(engine.path("available").asBoolean()).isTrue();
        assertThat(engine.path("capabilities").path("supported").toString()).contains("templates");
        assertThat(engine.path("capabilities").path("missing").path("images").asText())
                .isNotEmpty();
    }

    private Outcome run(String... args) {
        return cli.run(engine(args));
    }

    private String[] engine(String... args) {
        List<String> all = new ArrayList<>(List.of("--engine", "process", "--state", state.toString()));
        all.addAll(List.of(args));
        return all.toArray(String[]::new);
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
