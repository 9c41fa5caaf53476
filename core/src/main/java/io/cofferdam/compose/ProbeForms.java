package io.cofferdam.compose;

import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Probes and conditions of readiness the Compose specification has no words for, below the key {@code x-cofferdam}. */
final class ProbeForms {

    private static final Keys HTTP = new Keys(
            "an HTTP probe", Set.of("port", "path", "scheme", "status", "headers", "body"), Map.of(), Map.of());
    private static final Keys READY = new Keys(
            "a condition of readiness",
            Set.of("tcp", "http", "command", "log", "times", "uptime", "all-of", "any-of"),
            Map.of(),
            Map.of());
    private static final Keys PROBE = new Keys("a probe", Set.of("tcp", "http", "command"), Map.of(), Map.of());
    private static final Pattern STATUS = Pattern.compile("(\\d{3})(?:-(\\d{3}))?");

    private final Values values;
    private final Problems problems;

    ProbeForms(Values values, Problems problems) {
        this.values = values;
        this.problems = problems;
    }

    @Nullable
    Probe probe(Tree tree) {
        Map<String, Tree.Entry> entries = values.entries(tree);
        PROBE.check(entries, problems);
        Probe probe = probe(entries);
        if (probe == null && !(tree instanceof Tree.Scalar)) {
            problems.add(tree.place(), "there is no probe here", "write one of tcp, http and command");
        }
        return probe;
    }

    @Nullable
    Readiness readiness(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            return switch (scalar.value()) {
                case "running" -> Readiness.running();
                case "healthy" -> Readiness.healthy();
                case "default" -> Readiness.byDefault();
                default -> values.wrong(tree, "is no condition of readiness", "write running, healthy or a mapping");
            };
        }
        Map<String, Tree.Entry> entries = values.entries(tree);
        READY.check(entries, problems);
        Probe probe = probe(entries);
        if (probe != null) {
            return new Readiness.Probed(probe);
        }
        if (entries.containsKey("log")) {
            String regex = values.text(value(entries, "log"));
            Long times = entries.containsKey("times")
                    ? values.whole(value(entries, "times"), 1, Integer.MAX_VALUE)
                    : (Long) 1L;
            return regex == null || times == null ? null : new Readiness.Log(regex, times.intValue());
        }
        if (entries.containsKey("uptime")) {
            Duration time = values.duration(value(entries, "uptime"));
            return time == null ? null : Readiness.uptime(time);
        }
        if (entries.containsKey("all-of")) {
            return new Readiness.AllOf(several(value(entries, "all-of")));
        }
        if (entries.containsKey("any-of")) {
            return new Readiness.AnyOf(several(value(entries, "any-of")));
        }
        problems.add(tree.place(), "there is no condition of readiness here");
        return null;
    }

    private List<Readiness> several(Tree tree) {
        List<Readiness> conditions = new ArrayList<>();
        for (Tree item : values.list(tree)) {
            Readiness condition = readiness(item);
            if (condition != null) {
                conditions.add(condition);
            }
        }
        return conditions;
    }

    private @Nullable Probe probe(Map<String, Tree.Entry> entries) {
        if (entries.containsKey("tcp")) {
            Long port = port(value(entries, "tcp"));
            return port == null ? null : Probe.tcp(port.intValue());
        }
        if (entries.containsKey("command")) {
            List<String> words = values.command(value(entries, "command"));
            return words == null ? null : new Probe.Command(words);
        }
        return entries.containsKey("http") ? http(value(entries, "http")) : null;
    }

    private @Nullable Probe http(Tree tree) {
        Map<String, Tree.Entry> entries = values.entries(tree);
        HTTP.check(entries, problems);
        if (!entries.containsKey("port")) {
            problems.add(tree.place(), "the probe has no 'port'");
            return null;
        }
        Long port = port(value(entries, "port"));
        String path = entries.containsKey("path") ? values.text(value(entries, "path")) : "/";
        Probe.Http.Scheme scheme =
                entries.containsKey("scheme") ? scheme(value(entries, "scheme")) : Probe.Http.Scheme.HTTP;
        String body = entries.containsKey("body") ? values.text(value(entries, "body")) : null;
        Map<String, String> headers =
                entries.containsKey("headers") ? values.pairs(value(entries, "headers")) : new LinkedHashMap<>();
        List<Probe.Http.StatusRange> statuses = entries.containsKey("status")
                ? statuses(value(entries, "status"))
                : List.of(new Probe.Http.StatusRange(200, 399));
        return port == null || path == null || scheme == null
                ? null
                : new Probe.Http(port.intValue(), path, scheme, statuses, headers, body);
    }

    private List<Probe.Http.StatusRange> statuses(Tree tree) {
        List<Probe.Http.StatusRange> ranges = new ArrayList<>();
        for (Tree item : values.items(tree)) {
            String text = values.text(item);
            Matcher form = STATUS.matcher(text == null ? "" : text);
            if (form.matches()) {
                int from = Integer.parseInt(form.group(1));
                ranges.add(new Probe.Http.StatusRange(
                        from, form.group(2) == null ? from : Integer.parseInt(form.group(2))));
            } else if (text != null) {
                values.wrong(item, "is no status", "write it like 200 or 200-299");
            }
        }
        return ranges;
    }

    private Probe.Http.@Nullable Scheme scheme(Tree tree) {
        String text = values.text(tree);
        if (text == null) {
            return null;
        }
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "http" -> Probe.Http.Scheme.HTTP;
            case "https" -> Probe.Http.Scheme.HTTPS;
            case "https-trusting-all" -> Probe.Http.Scheme.HTTPS_TRUSTING_ALL;
            default -> values.wrong(tree, "is no scheme", "write http, https or https-trusting-all");
        };
    }

    private @Nullable Long port(Tree tree) {
        return values.whole(tree, 1, 65535);
    }

    private static Tree value(Map<String, Tree.Entry> entries, String key) {
        return Objects.requireNonNull(entries.get(key)).value();
    }
}
