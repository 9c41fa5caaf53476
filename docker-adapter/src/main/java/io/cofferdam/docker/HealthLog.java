package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;

/** Reads what the engine keeps of a container's health checks. */
final class HealthLog {

    private static final int SHOWN = 300;

    private HealthLog() {}

    /** What the latest check answered, in one line; empty if there was none. */
    static String lastAnswer(JsonNode health) {
        JsonNode log = health.path("Log");
        if (log.isEmpty()) {
            return "";
        }
        JsonNode last = log.get(log.size() - 1);
        int exitCode = last.path("ExitCode").asInt(0);
        String output = last.path("Output").asText("").strip().replaceAll("\\s+", " ");
        String shown = output.length() > SHOWN ? output.substring(0, SHOWN) + "…" : output;
        if (exitCode == 0) {
            return shown;
        }
        // The engine tells -1 for a check that it gave up or could not start, with the reason in its output.
        String how = exitCode < 0 ? "the check failed" : "the check exited with " + exitCode;
        return shown.isEmpty() ? how : how + ": " + shown;
    }
}
