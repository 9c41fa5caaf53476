package io.cofferdam.junit;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.error.CofferdamException;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What a failed test could see of its environments, as text without the values of secrets. */
final class FailureReport {

    private FailureReport() {}

    /**
     * Asks every environment.
     *
     * @param group what the test could see
     * @return a text for each, by the name it was declared under
     */
    static Map<String, String> of(Group group) {
        Map<String, String> texts = new LinkedHashMap<>();
        group.visible().forEach((name, member) -> texts.put(name, of(member, group.session)));
        return texts;
    }

    private static String of(Member member, Session session) {
        StringBuilder text = new StringBuilder();
        String engineName = member.environment.name();
        text.append(member.declaration.name())
                .append(" (")
                .append(session.engine.capabilities().engine())
                .append(", '")
                .append(engineName)
                .append("')\n");
        EnvironmentSpec spec = member.spec();
        try {
            state(text, member.environment.status(), spec);
        } catch (CofferdamException unknown) {
            text.append("  state: unknown, ").append(unknown.getMessage()).append('\n');
        }
        List<String> history = session.histories.of(engineName);
        if (!history.isEmpty()) {
            text.append("  history:\n");
            history.forEach(event -> text.append("    ").append(event).append('\n'));
        }
        try {
            lines(text, member.environment.logs(LogQuery.all().withTail(session.settings.reportLines())));
        } catch (CofferdamException unknown) {
            text.append("  log: unknown, ").append(unknown.getMessage()).append('\n');
        }
        return masked(text.toString(), spec, member.declaration.preset().password());
    }

    private static void state(StringBuilder text, EnvironmentStatus status, EnvironmentSpec spec) {
        text.append("  state: ").append(lower(status.state()));
        text.append(", health: ").append(lower(status.health()));
        status.exitCode().ifPresent(code -> text.append(", exit code: ").append(code));
        if (status.outOfMemory()) {
            text.append(", out of memory");
        }
        if (status.restarts() > 0) {
            text.append(", restarts: ").append(status.restarts());
        }
        text.append('\n');
        text.append("  inspection: id ").append(status.id());
        text.append(", created ").append(status.created());
        status.startedAt().ifPresent(at -> text.append(", started ").append(at));
        status.finishedAt().ifPresent(at -> text.append(", ended ").append(at));
        status.endpoints()
                .forEach(endpoint -> text.append(", port ")
                        .append(endpoint.port())
                        .append(" at ")
                        .append(endpoint));
        text.append("\n  made from: ").append(spec).append('\n');
    }

    private static void lines(StringBuilder text, List<LogLine> lines) {
        if (lines.isEmpty()) {
            text.append("  it wrote nothing\n");
            return;
        }
        text.append("  last ").append(lines.size()).append(lines.size() == 1 ? " line:\n" : " lines:\n");
        for (LogLine line : lines) {
            text.append("    ")
                    .append(line.stream() == LogLine.Stream.STDERR ? "err | " : "out | ")
                    .append(line.text())
                    .append('\n');
        }
    }

    private static String lower(Object value) {
        return value.toString().toLowerCase(Locale.ROOT);
    }

    /** The longest secret first, so that none that contains another is left in half. */
    static String masked(String text, EnvironmentSpec spec, String password) {
        List<String> secrets = java.util.stream.Stream.concat(
                        spec.secretNames().stream().map(name -> spec.env().getOrDefault(name, "")),
                        java.util.stream.Stream.of(password))
                .flatMap(secret -> java.util.stream.Stream.concat(
                        java.util.stream.Stream.of(secret), secret.lines().filter(line -> line.length() > 7)))
                .filter(secret -> !secret.isEmpty())
                .distinct()
                .sorted(Comparator.comparing(String::length).reversed())
                .toList();
        String result = text;
        for (String secret : secrets) {
            result = result.replace(secret, "***");
        }
        return result;
    }

    /** How to get into an environment that was kept. */
    static String instructions(Member member, Session session, Duration time) {
        String name = member.environment.name();
        String engine = session.engine.capabilities().engine();
        String enter = engine.equals("docker")
                ? "docker exec -it " + name + " sh"
                : "examples/cofferdam exec --engine " + engine + " -i " + name + " -- sh";
        return "'" + name + "' is kept for " + minutes(time) + ". Enter it with: " + enter
                + "\n  Remove it with: examples/cofferdam rm --engine " + engine + " -f " + name + "\n";
    }

    private static String minutes(Duration time) {
        return time.toMinutes() > 0 ? time.toMinutes() + " min" : time.toSeconds() + " s";
    }
}
