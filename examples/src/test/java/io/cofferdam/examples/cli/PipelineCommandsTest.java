package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands about pipelines, on processes. */
class PipelineCommandsTest {

    @TempDir
    private Path folder;

    private Cli.Outcome run(String... args) {
        return run(new Cli(), args);
    }

    private Cli.Outcome run(Cli cli, String... args) {
        List<String> all = new ArrayList<>(
                List.of("--engine", "process", "--state", folder.resolve("p").toString()));
        all.addAll(List.of(args));
        return cli.variable("COFFERDAM_STATE", folder.resolve("state").toString())
                .run(all.toArray(new String[0]));
    }

    private String file(String steps) throws IOException {
        return Files.writeString(folder.resolve("pipeline.yaml"), "pipeline:\n  name: p\n  steps:\n" + steps.indent(4))
                .toString();
    }

    @Test
    @DisplayName(
            "run shows what happens, list, show and logs tell of it later, and a resume goes on behind what succeeded")
    void runAndResume() throws IOException {
        Path flag = folder.resolve("flag");
        String file = file("""
            - {name: one, type: process_run, needs: [], command: [echo, "first {{word}}"]}
            - {name: two, type: process_run, needs: [one], command: [test, -e, %s]}
            """.formatted(flag));

        Cli.Outcome failed = run("pipeline", "run", file, "--var", "word=hello");
        assertThat(failed.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(failed.err())
                .contains("one | first hello", "one: succeeded", "two: failed", "pipeline run --resume");
        assertThat(failed.out()).contains("├─ one: succeeded", "└─ two: failed");

        JsonNode list = run("pipeline", "list", "--json").json();
        String id = list.at("/runs/0/run").asText();
        assertThat(list.at("/runs/0/status").asText()).isEqualTo("failed");
        assertThat(run("pipeline", "logs", id, "one").out()).isEqualTo("first hello\n");

        Files.writeString(flag, "");
        Cli.Outcome resumed = run("pipeline", "run", "--resume", id);
        assertThat(resumed.exitCode()).isZero();
        assertThat(resumed.err()).doesNotContain("one:").contains("two: succeeded");
        assertThat(run("pipeline", "show", id, "--json")
                        .json()
                        .at("/steps/0/results/stdout")
                        .asText())
                .isEqualTo("first hello");
    }

    @Test
    @DisplayName("--plan shows what the pipeline comes to, and runs nothing; mistakes are told with 2")
    void plan() throws IOException {
        String file = file("- {name: one, type: process_run, command: [echo, \"{{word}}\"]}");

        Cli.Outcome planned = run("pipeline", "run", file, "--plan", "--var", "word=hello");
        assertThat(planned.exitCode()).isZero();
        assertThat(planned.out()).contains("one (process_run)", "[\"echo\",\"hello\"]");
        assertThat(run("pipeline", "list").out()).doesNotContain("failed", "succeeded");

        Cli.Outcome wrong = run("pipeline", "run", file, "--plan");
        assertThat(wrong.exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(wrong.err()).contains("pipeline.yaml:4:").contains("there is no variable 'word'");
        assertThat(run("pipeline", "run").exitCode()).isEqualTo(ExitCode.BAD_INPUT);
        assertThat(run("pipeline", "show", "nothing").exitCode()).isEqualTo(ExitCode.FAILED);
    }

    @Test
    @DisplayName("the example for the embedded back end runs, and both examples are written again as they were read")
    void examples() {
        Path examples = Path.of(System.getProperty("user.dir"))
                .resolveSibling("examples")
                .resolve("pipelines");

        assertThat(run("pipeline", "run", examples.resolve("embedded.yaml").toString())
                        .exitCode())
                .isZero();
        Cli.Outcome exported =
                run("pipeline", "export", examples.resolve("release.yaml").toString());
        assertThat(exported.exitCode()).isZero();
        assertThat(exported.out()).startsWith("pipeline:\n  name: my-app").contains("{{build_number}}");
        Cli.Outcome planned = run(
                "pipeline",
                "run",
                examples.resolve("release.yaml").toString(),
                "--plan",
                "--var",
                "build_number=42",
                "--var",
                "branch=main");
        assertThat(planned.out()).contains("scale (k8s_scale) after verify");
    }

    @Test
    @DisplayName("on a terminal a run is a tree that is painted over; nothing of it is left but the end, and a dumb one"
            + " gets lines")
    void tree() throws IOException {
        String file = file("""
            - {name: one, type: process_run, needs: [], command: [echo, one]}
            - {name: two, type: process_run, needs: [one], command: [/bin/sh, -c, "echo going on; exit 4"]}
            - {name: three, type: process_run, needs: [two], command: [echo, three]}
            """);

        Cli.Outcome watched = run(new Cli().watched(), "pipeline", "run", file);
        assertThat(watched.exitCode()).isEqualTo(ExitCode.FAILED);
        assertThat(watched.err())
                .contains("├─ ✓ one succeeded", "├─ ✗ two failed", "└─ - three skipped")
                .doesNotContain("one | one");
        assertThat(watched.err().substring(watched.err().lastIndexOf("\u001b[J")))
                .isEqualTo("\u001b[Jcofferdam: go on with: pipeline run --resume "
                        + run("pipeline", "list", "--json")
                                .json()
                                .at("/runs/0/run")
                                .asText() + "\n");
        assertThat(watched.out()).contains("└─ three: skipped");

        Cli.Outcome dumb = run(new Cli().watched().variable("TERM", "dumb"), "pipeline", "run", file);
        assertThat(dumb.err()).contains("two | going on").doesNotContain("\u001b");
    }
}
