package io.cofferdam.examples.cli;

import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Protocol;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.Problem;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads what to wait for: {@code port:N}, {@code http:N/PATH}, {@code http:PATH}, {@code https:…}, {@code https-insecure:…},
 * {@code log:REGEX}, {@code cmd:…}, {@code uptime:D}, {@code health}, {@code running}.
 */
final class WaitFor {

    private static final Pattern HTTP = Pattern.compile("(\\d{1,5})?(/.*)?");
    private static final List<String> WITH_REST =
            List.of("port", "http", "https", "https-insecure", "log", "cmd", "uptime");
    private static final String FORMS = "write port:N, http:N/PATH, http:PATH, https:N/PATH, https-insecure:N/PATH,"
            + " log:REGEX, cmd:COMMAND, uptime:D, health or running";

    private WaitFor() {}

    /**
     * One condition, or all of several. What is wrong joins the problems.
     *
     * @param ports what is published, for requests that name no port
     */
    static Readiness parse(List<String> texts, List<PortMapping> ports, List<Problem> problems) {
        List<Readiness> conditions =
                texts.stream().map(text -> parse(text, ports, problems)).toList();
        return conditions.size() == 1 ? conditions.get(0) : Readiness.allOf(conditions.toArray(Readiness[]::new));
    }

    private static Readiness parse(String text, List<PortMapping> ports, List<Problem> problems) {
        int colon = text.indexOf(':');
        String kind = colon < 0 ? text : text.substring(0, colon);
        String rest = colon < 0 ? "" : text.substring(colon + 1);
        String where = "--wait " + text;
        boolean needsRest = WITH_REST.contains(kind);
        if (needsRest == rest.isEmpty() || (!needsRest && colon >= 0)) {
            problems.add(new Problem(where, "it is not complete", FORMS));
            return Readiness.running();
        }
        return switch (kind) {
            case "port" -> Readiness.port(number(where, rest, problems));
            case "http" -> Readiness.probe(http(where, rest, ports, problems));
            case "https" -> Readiness.probe(encrypted(http(where, rest, ports, problems)));
            case "https-insecure" ->
                Readiness.probe(encrypted(http(where, rest, ports, problems)).trustingAll());
            case "log" -> Readiness.log(rest);
            case "cmd" -> Readiness.command("/bin/sh", "-c", rest);
            case "uptime" -> uptime(where, rest, problems);
            case "health" -> Readiness.healthy();
            case "running" -> Readiness.running();
            default -> {
                problems.add(new Problem(where, "there is no condition of that kind", FORMS));
                yield Readiness.running();
            }
        };
    }

    private static Readiness uptime(String where, String text, List<Problem> problems) {
        try {
            return Readiness.uptime(new Durations().convert(text));
        } catch (TypeConversionException wrong) {
            problems.add(Problem.at(where, String.valueOf(wrong.getMessage())));
            return Readiness.running();
        }
    }

    private static Probe.Http encrypted(Probe.Http probe) {
        return Probe.https(probe.port(), probe.path());
    }

    /** {@code N/PATH}, or {@code N} alone for the path {@code /}. */
    static Probe.Http http(String where, String text, List<Problem> problems) {
        return http(where, text, List.of(), problems);
    }

    private static Probe.Http http(String where, String text, List<PortMapping> ports, List<Problem> problems) {
        Matcher form = HTTP.matcher(text);
        if (!form.matches()) {
            problems.add(new Problem(where, "'" + text + "' is no port and path", "write it like 8080/health"));
            return Probe.http(1, "/");
        }
        String path = form.group(2) == null ? "/" : form.group(2);
        String port = form.group(1);
        return Probe.http(port == null ? onlyPort(where, ports, problems) : number(where, port, problems), path);
    }

    private static int onlyPort(String where, List<PortMapping> ports, List<Problem> problems) {
        List<Integer> tcp = ports.stream()
                .filter(mapping -> mapping.protocol() == Protocol.TCP)
                .map(PortMapping::port)
                .toList();
        if (tcp.size() == 1) {
            return tcp.get(0);
        }
        problems.add(new Problem(
                where,
                "it names no port, and " + (tcp.isEmpty() ? "none is" : tcp.size() + " are") + " published",
                "write it like 8080/health"));
        return 1;
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
