package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.resource.BuildOutput;
import io.cofferdam.resource.BuildSpec;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what the engine's builder tells, to its end: lines for the caller, and what has to be known of a failure. */
final class BuildReader {

    /** How many lines of the failing instruction an error shows. */
    private static final int LAST_LINES = 20;

    /** A line without an end, such as a progress bar's, is cut here. */
    private static final int LONGEST_LINE = 64 * 1024;

    /** What the builder puts around each piece of standard error, which would end up in the middle of lines. */
    private static final String RED = "\u001b[91m";

    private static final String PLAIN = "\u001b[0m";

    private static final Pattern STEP = Pattern.compile("Step (\\d+)/(\\d+) : (.*)");

    /** What the builder itself says, also where a program has not ended its last line. */
    private static final Pattern OWN = Pattern.compile("Step \\d+/\\d+ : | ---> |Removing intermediate container ");

    private static final Pattern BUILT = Pattern.compile("Successfully built ([0-9a-f]+)");
    private static final Pattern RUNNING = Pattern.compile(" ---> .*|Removing intermediate container .*");

    private final BuildSpec spec;
    private final StringBuilder unfinished = new StringBuilder();
    private final Deque<String> last = new ArrayDeque<>();
    private int step;
    private int steps;
    private String instruction = "";
    private String image = "";
    private String error = "";

    @Nullable
    private Integer exitCode;

    BuildReader(BuildSpec spec) {
        this.spec = spec;
    }

    BuildReader read(InputStream body) throws IOException {
        BufferedReader messages = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        for (String message = messages.readLine(); message != null; message = messages.readLine()) {
            if (!message.isBlank()) {
                take(Json.read(message.getBytes(StandardCharsets.UTF_8)));
            }
        }
        if (unfinished.length() > 0) {
            line(unfinished.toString());
        }
        return this;
    }

    private void take(JsonNode message) {
        text(message.path("stream").asText(""));
        String status = message.path("status").asText("");
        // While a base image comes there is a message for each of its pieces; a line for each phase is enough.
        if (!status.isEmpty() && message.path("progressDetail").path("current").isMissingNode()) {
            String layer = message.path("id").asText("");
            text((layer.isEmpty() ? "" : layer + ": ") + status + "\n");
        }
        image = message.path("aux").path("ID").asText(image);
        JsonNode detail = message.path("errorDetail");
        String said = detail.path("message").asText(message.path("error").asText(""));
        if (!said.isEmpty()) {
            error = spec.masked(said);
            exitCode =
                    detail.path("code").canConvertToInt() && detail.path("code").asInt() != 0
                            ? Integer.valueOf(detail.path("code").asInt())
                            : null;
        }
    }

    /** Messages are pieces of a text that may begin and end anywhere. */
    private void text(String piece) {
        if (unfinished.length() > 0 && OWN.matcher(piece).lookingAt()) {
            line(unfinished.toString());
            unfinished.setLength(0);
        }
        boolean coloured = piece.startsWith(RED) && piece.endsWith(PLAIN);
        unfinished.append(coloured ? piece.substring(RED.length(), piece.length() - PLAIN.length()) : piece);
        for (int end = unfinished.indexOf("\n"); end >= 0; end = unfinished.indexOf("\n")) {
            line(unfinished.substring(0, end));
            unfinished.delete(0, end + 1);
        }
        if (unfinished.length() > LONGEST_LINE) {
            line(unfinished.toString());
            unfinished.setLength(0);
        }
    }

    private void line(String raw) {
        String text = spec.masked(raw.endsWith("\r") ? raw.substring(0, raw.length() - 1) : raw);
        Matcher begun = STEP.matcher(text);
        Matcher built = BUILT.matcher(text);
        if (begun.matches()) {
            step = number(begun.group(1));
            steps = number(begun.group(2));
            instruction = begun.group(3);
            last.clear();
        } else if (!RUNNING.matcher(text).matches() && !text.isBlank()) {
            last.addLast(text);
            if (last.size() > LAST_LINES) {
                last.removeFirst();
            }
        }
        if (image.isEmpty() && built.matches()) {
            image = built.group(1);
        }
        if (!text.isEmpty()) {
            spec.output().accept(new BuildOutput(step, steps, text));
        }
    }

    private static int number(String digits) {
        return digits.length() > 6 ? 0 : Integer.parseInt(digits);
    }

    /** The identifier of what was built; empty if nothing was. */
    String image() {
        return image;
    }

    /** Why it failed; empty if it did not. */
    String error() {
        return error;
    }

    int step() {
        return step;
    }

    int steps() {
        return steps;
    }

    String instruction() {
        return instruction;
    }

    @Nullable
    Integer exitCode() {
        return exitCode;
    }

    List<String> lastLines() {
        return List.copyOf(last);
    }
}
