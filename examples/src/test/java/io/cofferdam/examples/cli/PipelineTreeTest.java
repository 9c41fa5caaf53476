package io.cofferdam.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.StepOutput;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** What is painted of a run that goes on. */
class PipelineTreeTest {

    private final ByteArrayOutputStream painted = new ByteArrayOutputStream();

    private PipelineTree tree(Map<String, String> variables, List<String> steps) {
        PrintStream to = new PrintStream(painted, true, StandardCharsets.UTF_8);
        return new PipelineTree(
                new Terminal(InputStream.nullInputStream(), to, to, true, true, true, variables, Path.of("")), steps);
    }

    private static PipelineEvent event(String type, String step, String message) {
        return new PipelineEvent("r1", 1, type, step, message, Instant.EPOCH);
    }

    /** What one painting writes, in lines without what steers the terminal. */
    private List<String> paint(PipelineTree tree) {
        painted.reset();
        tree.repaint();
        List<String> lines = new ArrayList<>();
        painted.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll("\u001b\\[[0-9]*[A-Za-z]", "").replace("\r", ""))
                .filter(line -> !line.isEmpty())
                .forEach(lines::add);
        return lines;
    }

    @Test
    @DisplayName(
            "each step has a line with how it is and what it wrote last, cut to the terminal's width and without its"
                    + " tricks")
    void lines() {
        PipelineTree tree = tree(Map.of("COLUMNS", "40"), List.of("one", "two", "three"));
        tree.tell(event("run_started", "", ""));
        tree.tell(event("step_started", "one", ""));
        tree.tell(event("step_succeeded", "one", ""));
        tree.tell(event("step_started", "two", ""));
        tree.tell(new StepOutput("r1", "two", false, "red \u001b[31m and then much more than fits", Instant.EPOCH));

        List<String> lines = paint(tree);
        assertThat(lines.get(0)).isEqualTo("run r1: started");
        assertThat(lines.get(1)).matches("├─ ✓ one succeeded 0\\.\\d s");
        assertThat(lines.get(2))
                .matches("├─ . two running \\d\\.\\d s  red \\\\x1b\\[31.*…")
                .hasSize(39);
        assertThat(lines.get(3)).isEqualTo("└─ · three pending");

        tree.tell(event("step_failed", "two", "exit code 4\nand more"));
        tree.tell(event("step_skipped", "three", "'two' failed"));
        lines = paint(tree);
        assertThat(painted.toString(StandardCharsets.UTF_8)).startsWith("\u001b[4A\r");
        assertThat(lines.get(2)).startsWith("├─ ✗ two failed").endsWith("exit code 4");
        assertThat(lines.get(3)).isEqualTo("└─ - three skipped  'two' failed");
    }

    @Test
    @DisplayName("where the terminal is not high enough, steps that go on have lines and the others are counted")
    void counted() {
        List<String> steps = IntStream.range(0, 50).mapToObj(i -> "s" + i).toList();
        PipelineTree tree = tree(Map.of("LINES", "8", "NO_COLOR", "1"), steps);
        tree.tell(event("step_started", "s3", ""));
        tree.tell(event("step_succeeded", "s3", ""));
        tree.tell(event("step_started", "s7", ""));

        List<String> lines = paint(tree);

        assertThat(lines).hasSizeLessThan(8).last().isEqualTo("└─ further steps: 48 pending 1 succeeded");
        assertThat(lines.get(0)).startsWith("├─ ").contains("s7 running");
    }
}
