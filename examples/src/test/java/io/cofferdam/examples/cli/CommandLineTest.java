package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.Discovery.Rejected;
import io.cofferdam.error.RegistryException;
import io.cofferdam.examples.cli.Cli.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be told of a command line without an engine. */
class CommandLineTest {

    private final Cli cli = new Cli();

    @Test
    void helpNamesEveryCommand() {
        Outcome outcome = cli.run("--help");

        assertThat(outcome.exitCode()).isZero();
        assertThat(outcome.out())
                .contains("first-stack", "engines", "run", "ps", "inspect", "logs", "exec", "cp", "start", "stop")
                .contains("restart", "pause", "resume", "update", "rm", "stats");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "fly",
                "run --fly",
                "rm",
                "rm web --all",
                "exec web",
                "logs",
                "cp here there",
                "cp a:/x b:/y",
                "logs web --tail -1",
                "logs web --since yesterday",
                "logs web --stream stdin",
                "logs web --across-restarts",
                "stop web --grace soon",
                "run --wait running -- true",
                "stats web --all",
                "volumes prune",
                "networks connect backend",
                "networks fly",
                "pool --claims 0 -- true",
                "cp no-such-file-here web:/tmp/",
                "run --cpus many -- true",
                "engines --compare process"
            })
    void badUsageEndsWith2AndOneSentence(String line) {
        Outcome outcome = cli.run(line.isEmpty() ? new String[0] : line.split(" "));

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).startsWith("cofferdam: ").doesNotContain("\tat ");
    }

    @Test
    void aCommandThatIsNotThereIsToldAsSuchAndNotAsASurplusArgument() {
        Outcome outcome = cli.run("frobnicate", "web");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .startsWith("cofferdam: there is no command 'frobnicate'; there are first-stack, engines, run")
                .doesNotContain("Unmatched");
    }

    @Test
    void aFaultOfARegistryIsAKindOfItsOwn() {
        RegistryException fault = new RegistryException("could not fetch 'shop/web:2': the registry does not answer");

        assertThat(Failures.document(fault)).containsEntry("kind", "registry");
        assertThat(ExitCode.of(fault)).isEqualTo(ExitCode.FAILED);
    }

    @Test
    void processesInsteadOfTheDockerThatWasNamedAreExplainedOnOneLine() {
        Discovery missing = Discovery.missing(
                "docker",
                List.of(
                        new Rejected("unix:///run/default.sock (default)", "no such file", ""),
                        new Rejected("tcp://lab:2375 (DOCKER_HOST)", "connection refused", "start it")));

        String line = CofferdamCommand.insteadOfDocker(missing.unavailable());

        assertThat(line)
                .isEqualTo("Docker does not answer, processes are used instead:"
                        + " tcp://lab:2375 (DOCKER_HOST): connection refused; start it");
    }

    @Test
    void badUsageIsJsonWhereJsonIsAskedFor() {
        Outcome outcome = cli.run("rm", "--json");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.error().path("kind").asText()).isEqualTo("usage");
        assertThat(outcome.error().path("message").asText()).contains("say which environments");
        assertThat(outcome.error().path("problems").isArray()).isTrue();
    }

    @Test
    void everyProblemOfASpecificationIsToldAtOnce() {
        Outcome outcome = cli.run(
                "--json",
                "run",
                "-d",
                "--name",
                "Not A Name",
                "--publish",
                "99999",
                "--memory",
                "lots",
                "--env",
                "NOPE",
                "--secret-env",
                "A=b",
                "--volume",
                "x",
                "--restart",
                "maybe",
                "--wait",
                "moon",
                "--pull",
                "sometimes",
                "--lifetime",
                "long",
                "--",
                "true");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.error().path("kind").asText()).isEqualTo("invalid-input");
        assertThat(outcome.error().path("problems").findValuesAsText("where"))
                .contains(
                        "--publish 99999",
                        "--memory lots",
                        "--env NOPE",
                        "--secret-env",
                        "--volume x",
                        "--restart maybe",
                        "--wait moon",
                        "--pull sometimes",
                        "--lifetime long",
                        "name");
    }

    @Test
    void theValueOfASecretIsNotRepeatedInTheErrorAboutIt() {
        Outcome outcome = cli.run("run", "--secret-env", "PASSWORD=geheim", "--", "true");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("others can read the command line").doesNotContain("geheim");
    }

    @Test
    void problemsOfAFileOfVariablesNameFileAndLine(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("env"), "# fine\nA=1\nB C=2\nNOT_SET_ANYWHERE\n");

        Outcome outcome = cli.run("run", "--env-file", file.toString(), "--", "true");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains(file + ":3", file + ":4");
    }

    @Test
    void optionsAfterTheDoubleDashBelongToTheOtherProgram() {
        Outcome outcome = cli.run("run", "--name", "Bad Name", "--", "echo", "--json", "--debug");

        assertThat(outcome.err()).startsWith("cofferdam: ").doesNotContain("\tat ");
    }

    @Test
    void everyMistakeInTheOptionsIsToldAtOnce() {
        Outcome outcome = cli.run("run", "--cpus", "many", "--pids", "few", "--stop-grace", "soon", "--", "true");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("3 mistakes", "'many'", "'few'", "'soon'");
    }

    @Test
    void anOptionThatNobodyKnowsIsBadInputAndToldWithTheNearest() {
        Outcome outcome = cli.run("ps", "--engine", "process", "--option", "process.namespace=off");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err())
                .contains("process.namespace: no back end knows it", "did you mean process.namespaces?");
    }

    @Test
    void anUnknownEngineIsBadInput() {
        Outcome outcome = cli.run("ps", "--engine", "abacus");

        assertThat(outcome.exitCode()).isEqualTo(2);
        assertThat(outcome.err()).contains("abacus", "no back end of that name");
    }

    @Test
    void globalOptionsAreTakenBeforeAndAfterTheCommand() {
        Outcome before = cli.run("--engine", "abacus", "--json", "ps");
        Outcome after = cli.run("ps", "--json", "--engine", "abacus");

        assertThat(before.error()).isEqualTo(after.error());
        assertThat(before.error().path("kind").asText()).isEqualTo("invalid-input");
    }

    @ParameterizedTest
    @CsvSource({"10s,PT10S", "5m,PT5M", "1h30m,PT1H30M", "250ms,PT0.25S", "2d,PT48H", "PT1.5S,PT1.5S", "0s,PT0S"})
    void durationsAreReadAsPeopleWriteThem(String text, String expected) {
        assertThat(new Durations().convert(text)).hasToString(expected);
    }

    @Test
    void controlCharactersOfNamesCannotSteerTheTerminal() {
        assertThat(Text.visible("a\u001b[2Jb\u202ec\n")).isEqualTo("a\\x1b[2Jb\\u202ec\\n");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '"',
            value = {"plain,plain", "two words,'two words'", "it's,'it'\\''s'", "\"\",''", "$HOME,'$HOME'"})
    void wordsAreQuotedForTheShell(String word, String expected) {
        assertThat(Text.shell(word)).isEqualTo(expected);
    }
}
