package io.cofferdam.examples.cli;

import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads what to wait for: {@code port:N}, {@code http:N/PATH}, {@code log:REGEX}, {@code cmd:…}, {@code health}, {@code running}. */
final class WaitFor {

    private static final Pattern HTTP = Pattern.compile("(\\d{1,5})(/.*)?");
    private static final String FORMS = "write port:N, http:N/PATH, log:REGEX, cmd:COMMAND, health or running";

    private WaitFor() {}

    /** One condition, or all of several. What is wrong joins the problems. */
    static Readiness parse(List<String> texts, List<Problem> problems) {
        List<Readiness> conditions =
                texts.stream().map(text -> parse(text, problems)).toList();
        return conditions.size() == 1 ? conditions.get(0) : Readiness.allOf(conditions.toArray(Readiness[]::new));
    }

    private static Readiness parse(String text, List<Problem> problems) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? "" : text.substring(colon + 1);
        String where = "--wait " + text;
        boolean needsRest = List.of("port", "http", "log", "cmd").contains(kind);
        if (needsRest == rest.isEmpty() || (!needsRest && colon >= 0)) {
            problems.add(new Problem(where, "it is not complete", FORMS));
            return Readiness.running();
        }
        return switch (kind) {
            case "port" -> Readiness.port(number(where, rest, problems));
            case "http" -> {
                Probe.Http probe = http(where, rest, problems);
                yield Readiness.http(probe.port(), probe.path());
            }
            case "log" -> Readiness.log(rest);
            case "cmd" -> Readiness.command("/bin/sh", "-c", rest);
            case "health" -> Readiness.healthy();
            case "running" -> Readiness.running();
            default -> {
                problems.add(new Problem(where, "there is no condition of that kind", FORMS));
                yield Readiness.running();
            }
        };
    }

    /** {@code N/PATH}, or {@code N} alone for the path {@code /}. */
    static Probe.Http http(String where, String text, List<Problem> problems) {
        Matcher form = HTTP.matcher(text);
        if (!form.matches()) {
            problems.add(new Problem(where, "'" + text + "' is no port and path", "write it like 8080/health"));
            return new Probe.Http(1, "/");
        }
        String path = form.group(2);
        return new Probe.Http(number(where, form.group(1), problems), path == null ? "/" : path);
    }

    private static int number(String where, String text, List<Problem> problems) {
        if (text.matches("\\d{1,5}")) {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65535) {
                return port;
            }
        }
        problems.add(Problem.at(where, "port " + text + " is not between 1 and 65535"));
        return 1;
    }
}
