package io.cofferdam.examples.cli;

import io.cofferdam.pipeline.PipelineEvent;
import io.cofferdam.pipeline.StepOutput;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A run as a tree that is painted over again while it goes on: a line for each step with how it is, for how long, and what it wrote last.
 * On a terminal that is not high enough, what has ended is counted instead.
 */
final class PipelineTree implements AutoCloseable {

    private static final long PAUSE_MILLIS = 120;
    private static final int USUAL_WIDTH = 80;
    private static final int USUAL_HEIGHT = 24;
    private static final List<String> FRAMES = List.of("⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏");

    private final PrintStream to;
    private final int width;
    private final int height;
    private final boolean hasColour;
    private final Map<String, Line> lines = new LinkedHashMap<>();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread painter = new Thread(this::paint, "cofferdam-tree");
    private String title = "";
    private int painted;
    private int frame;

    /** A step. */
    private static final class Line {
        String status = "pending";
        String last = "";
        long begun;
        long ended;
    }

    PipelineTree(Terminal terminal, List<String> steps) {
        this.to = terminal.err();
        this.width = number(terminal.variables().get("COLUMNS"), USUAL_WIDTH);
        this.height = number(terminal.variables().get("LINES"), USUAL_HEIGHT);
        this.hasColour = terminal.variables().getOrDefault("NO_COLOR", "").isEmpty();
        steps.forEach(step -> lines.put(step, new Line()));
        painter.setDaemon(true);
    }

    /** Whether a tree can be painted there. */
    static boolean fits(Terminal terminal) {
        return terminal.errIsTerminal() && !"dumb".equals(terminal.variables().get("TERM"));
    }

    private static int number(@Nullable String text, int otherwise) {
        return text != null && text.matches("[1-9]\\d{1,3}") ? Integer.parseInt(text) : otherwise;
    }

    void begin() {
        painter.start();
    }

    synchronized void tell(PipelineEvent event) {
        if (event.step().isEmpty()) {
            title = "run " + event.run() + ": " + event.type().replaceFirst("^run_", "");
            return;
        }
        Line line = lines.computeIfAbsent(event.step(), step -> new Line());
        String status = event.type().replaceFirst("^step_", "");
        line.status = status.equals("started") ? "running" : status;
        if (status.equals("started")) {
            line.begun = line.begun == 0 ? System.nanoTime() : line.begun;
        } else if (!status.equals("retrying")) {
            line.ended = System.nanoTime();
        }
        if (!event.message().isEmpty()) {
            line.last = event.message().lines().findFirst().orElse("");
        }
    }

    synchronized void tell(StepOutput output) {
        Line line = lines.get(output.step());
        if (line != null && !output.line().isBlank()) {
            line.last = output.line();
        }
    }

    private void paint() {
        try {
            do {
                repaint();
            } while (!over.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    /** Paints over what was painted before. */
    synchronized void repaint() {
        frame++;
        List<String> shown = shown();
        StringBuilder text = new StringBuilder();
        if (painted > 0) {
            text.append("\u001b[").append(painted).append("A\r");
        }
        shown.forEach(line -> text.append(line).append("\u001b[K\n"));
        text.append("\u001b[J");
        painted = shown.size();
        to.print(text);
        to.flush();
    }

    private List<String> shown() {
        List<String> all = new ArrayList<>();
        all.add(cut(title));
        int room = Math.max(3, height - 3);
        boolean isWhole = lines.size() <= room;
        Map<String, Integer> counts = new LinkedHashMap<>();
        List<Map.Entry<String, Line>> some = new ArrayList<>();
        for (Map.Entry<String, Line> entry : lines.entrySet()) {
            boolean isOfInterest = isWhole || isGoingOn(entry.getValue());
            if (isOfInterest && some.size() < room) {
                some.add(entry);
            } else {
                counts.merge(entry.getValue().status, 1, Integer::sum);
            }
        }
        for (int i = 0; i < some.size(); i++) {
            boolean isLast = i == some.size() - 1 && counts.isEmpty();
            all.add(line(
                    isLast ? "└─ " : "├─ ", some.get(i).getKey(), some.get(i).getValue()));
        }
        if (!counts.isEmpty()) {
            StringBuilder rest = new StringBuilder("└─ further steps:");
            counts.forEach((status, count) ->
                    rest.append(' ').append(count).append(' ').append(status));
            all.add(cut(rest.toString()));
        }
        return all;
    }

    private static boolean isGoingOn(Line line) {
        return line.status.equals("running") || line.status.equals("retrying");
    }

    private String line(String branch, String step, Line line) {
        String text = branch + sign(line) + " " + Text.visible(step) + " " + line.status + time(line)
                + (line.last.isEmpty() || line.status.equals("succeeded") ? "" : "  " + Text.visible(line.last));
        String cut = cut(text);
        return hasColour ? coloured(line, cut) : cut;
    }

    private String sign(Line line) {
        return switch (line.status) {
            case "succeeded" -> "✓";
            case "failed" -> "✗";
            case "pending" -> "·";
            case "skipped", "cancelled" -> "-";
            default -> FRAMES.get(frame % FRAMES.size());
        };
    }

    private static String coloured(Line line, String text) {
        return switch (line.status) {
            case "succeeded" -> "\u001b[32m" + text + "\u001b[0m";
            case "failed" -> "\u001b[31m" + text + "\u001b[0m";
            case "running", "retrying" -> text;
            default -> "\u001b[2m" + text + "\u001b[0m";
        };
    }

    private static String time(Line line) {
        if (line.begun == 0) {
            return "";
        }
        long until = line.ended == 0 ? System.nanoTime() : line.ended;
        long tenths = TimeUnit.NANOSECONDS.toMillis(until - line.begun) / 100;
        return " " + tenths / 10 + "." + tenths % 10 + " s";
    }

    /** A line that wraps would spoil the count of lines to go up. */
    private String cut(String text) {
        return text.codePointCount(0, text.length()) < width
                ? text
                : text.substring(0, text.offsetByCodePoints(0, width - 2)) + "…";
    }

    /** Takes the tree away: what follows shows the end. */
    @Override
    public void close() {
        over.countDown();
        boolean wasInterrupted = false;
        while (painter.isAlive()) {
            try {
                painter.join();
            } catch (InterruptedException again) {
                wasInterrupted = true;
            }
        }
        synchronized (this) {
            repaint();
            to.print("\u001b[" + painted + "A\r\u001b[J");
            to.flush();
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
