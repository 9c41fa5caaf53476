package io.cofferdam.environment;

import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** What makes a specification impossible on every engine. */
final class SpecRules {

    /** A label of a host name (RFC 1123, section 2.1): also what Kubernetes asks of names. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

    /** What DNS servers and hosts files resolve besides host names: software in the field is reached as {@code my_db}. */
    private static final Pattern ALIAS = Pattern.compile("[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?");

    private static final Pattern SIGNAL = Pattern.compile("SIG[A-Z0-9+-]{2,12}|[1-9]\\d?");

    private final List<Problem> problems = new ArrayList<>();

    private SpecRules() {}

    static List<Problem> problems(EnvironmentSpec spec) {
        SpecRules rules = new SpecRules();
        rules.names(spec);
        rules.software(spec);
        rules.imageAge(spec);
        rules.variables(spec);
        rules.ports(spec);
        rules.mounts(spec);
        rules.times(spec);
        spec.healthCheck().ifPresent(rules::healthCheck);
        rules.readiness(spec.readiness());
        rules.restart(spec);
        return rules.problems;
    }

    private void names(EnvironmentSpec spec) {
        spec.name().ifPresent(name -> name("name", name));
        spec.stack().ifPresent(name -> name("stack", name));
        spec.aliases().forEach(name -> alias("aliases", name));
        spec.networks().forEach((network, aliases) -> {
            name("networks", network);
            aliases.forEach(name -> alias("networks." + shorten(network), name));
            if (spec.stack().filter(network::equals).isPresent()) {
                problems.add(new Problem(
                        "networks." + shorten(network), "its stack is in it already", "set aliases instead"));
            }
        });
        spec.labels().keySet().forEach(label -> {
            if (label.isBlank() || label.startsWith(Labels.PREFIX)) {
                problems.add(new Problem(
                        "labels", "'" + label + "' is blank or begins with " + Labels.PREFIX, "choose another label"));
            }
        });
    }

    private void imageAge(EnvironmentSpec spec) {
        spec.imageMaxAge().ifPresent(age -> {
            if (age.isZero() || age.isNegative()) {
                problems.add(Problem.at("imageMaxAge", age + " is not more than 0"));
            }
            if (spec.pullPolicy() != PullPolicy.MISSING) {
                problems.add(new Problem(
                        "imageMaxAge",
                        "the pull policy " + spec.pullPolicy() + " leaves nothing for an age to decide",
                        "leave one of both out"));
            }
        });
    }

    private void name(String where, String name) {
        if (!NAME.matcher(name).matches()) {
            problems.add(new Problem(
                    where,
                    "'" + shorten(name) + "' is no name",
                    "use 1 to 63 of a-z, 0-9 and '-', beginning and ending with a letter or digit"));
        }
    }

    private void alias(String where, String name) {
        if (!ALIAS.matcher(name).matches()) {
            problems.add(new Problem(
                    where,
                    "'" + shorten(name) + "' is no alias",
                    "use 1 to 63 letters, digits, '_', '.' and '-', beginning and ending with a letter or digit"));
        }
    }

    private void software(EnvironmentSpec spec) {
        boolean command = !spec.command().isEmpty()
                || spec.entrypoint().filter(words -> !words.isEmpty()).isPresent();
        if (spec.image().isEmpty() && !command) {
            problems.add(new Problem("image", "there is neither an image nor a command to run", "set one of them"));
        }
        spec.image().filter(String::isBlank).ifPresent(blank -> problems.add(Problem.at("image", "it is blank")));
        if (spec.command().stream().anyMatch(word -> word.indexOf('\0') >= 0)) {
            problems.add(Problem.at("command", "an argument contains a NUL character"));
        }
        if (command
                && spec.image().isEmpty()
                && spec.command().stream().findFirst().filter(String::isBlank).isPresent()) {
            problems.add(Problem.at("command", "the program is blank"));
        }
        if (!SIGNAL.matcher(spec.stopSignal()).matches()) {
            problems.add(new Problem(
                    "stopSignal", "'" + shorten(spec.stopSignal()) + "' is no signal", "write it like SIGTERM"));
        }
    }

    private void variables(EnvironmentSpec spec) {
        spec.env().forEach((name, value) -> {
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                problems.add(Problem.at("env", "'" + shorten(name) + "' cannot be a variable's name"));
            }
            if (value.indexOf('\0') >= 0) {
                problems.add(Problem.at("env." + shorten(name), "the value contains a NUL character"));
            }
        });
    }

    private void ports(EnvironmentSpec spec) {
        Set<String> host = new HashSet<>();
        Set<String> inside = new HashSet<>();
        for (PortMapping mapping : spec.ports()) {
            if (!inside.add(mapping.port() + "/" + mapping.protocol())) {
                problems.add(new Problem(
                        "ports",
                        mapping.port() + "/" + mapping.protocol() + " is published twice",
                        "publish a port of the environment once"));
            }
            if (mapping.fixedHostPort() != null
                    && !host.add(mapping.hostAddress() + ":" + mapping.fixedHostPort() + "/" + mapping.protocol())) {
                problems.add(Problem.at("ports", "host port " + mapping.fixedHostPort() + " is given twice"));
            }
        }
    }

    private void mounts(EnvironmentSpec spec) {
        Set<String> targets = new HashSet<>();
        for (Mount mount : spec.mounts()) {
            String target = mount.target();
            if (!target.startsWith("/") || List.of(target.split("/")).contains("..") || target.equals("/")) {
                problems.add(new Problem(
                        "mounts",
                        "'" + shorten(target) + "' cannot be mounted on",
                        "use an absolute path below / without '..'"));
            }
            if (!targets.add(target)) {
                problems.add(Problem.at("mounts", "'" + shorten(target) + "' is mounted on twice"));
            }
            if (mount instanceof Mount.Volume volume) {
                name("mounts." + shorten(target), volume.volume());
            }
            if (mount instanceof Mount.Tmpfs tmpfs && tmpfs.sizeBytes() != null && tmpfs.sizeBytes() < 1) {
                problems.add(Problem.at(
                        "mounts." + shorten(target), "a size of " + tmpfs.sizeBytes() + " bytes is not at least 1"));
            }
        }
    }

    private void times(EnvironmentSpec spec) {
        notNegative("stopGrace", spec.stopGrace());
        positive("startTimeout", spec.startTimeout());
    }

    private void healthCheck(HealthCheck check) {
        positive("healthCheck.interval", check.interval());
        positive("healthCheck.timeout", check.timeout());
        notNegative("healthCheck.startPeriod", check.startPeriod());
        if (check.retries() < 1) {
            problems.add(Problem.at("healthCheck.retries", check.retries() + " is not at least 1"));
        }
        probe("healthCheck.probe", check.probe());
    }

    private void readiness(Readiness readiness) {
        if (readiness instanceof Readiness.Probed probed) {
            probe("readyWhen", probed.probe());
        } else if (readiness instanceof Readiness.Log log) {
            if (log.times() < 1) {
                problems.add(Problem.at("readyWhen.log", log.times() + " times is not at least 1"));
            }
            regex("readyWhen.log", log.regex());
        } else if (readiness instanceof Readiness.Uptime uptime) {
            notNegative("readyWhen.uptime", uptime.duration());
        } else if (readiness instanceof Readiness.AllOf all) {
            several("readyWhen.allOf", all.conditions());
        } else if (readiness instanceof Readiness.AnyOf any) {
            several("readyWhen.anyOf", any.conditions());
        }
    }

    private void restart(EnvironmentSpec spec) {
        boolean mayHaveCheck = spec.healthCheck().isPresent() || spec.image().isPresent();
        if (spec.restart().whenUnhealthy() && !mayHaveCheck) {
            problems.add(new Problem(
                    "restart",
                    "it is to be started again when it is unhealthy, but nothing would find that out",
                    "give it a health check"));
        }
    }

    private void several(String where, List<Readiness> conditions) {
        if (conditions.isEmpty()) {
            problems.add(Problem.at(where, "there is no condition in it"));
        }
        conditions.forEach(this::readiness);
    }

    private void probe(String where, Probe probe) {
        if (probe instanceof Probe.Command command && command.command().isEmpty()) {
            problems.add(Problem.at(where, "the command is empty"));
        } else if (probe instanceof Probe.Tcp tcp) {
            port(where, tcp.port());
        } else if (probe instanceof Probe.Http http) {
            port(where, http.port());
            if (!http.path().startsWith("/") || http.path().chars().anyMatch(c -> c <= ' ' || c == 127)) {
                problems.add(Problem.at(
                        where,
                        "the path '" + shorten(http.path())
                                + "' does not begin with '/' or has a blank or control character"));
            }
            answer(where, http);
        }
    }

    private void answer(String where, Probe.Http http) {
        if (http.statuses().isEmpty()) {
            problems.add(Problem.at(where + ".statuses", "no status would be a yes"));
        }
        http.statuses().stream()
                .filter(range -> range.from() < 100 || range.to() > 599 || range.from() > range.to())
                .forEach(range -> problems.add(
                        Problem.at(where + ".statuses", range + " are no statuses; they are between 100 and 599")));
        http.headers().forEach((name, regex) -> regex(where + ".headers." + shorten(name), regex));
        http.body().ifPresent(regex -> regex(where + ".body", regex));
    }

    private void regex(String where, String regex) {
        try {
            Pattern.compile(regex);
        } catch (PatternSyntaxException wrong) {
            problems.add(Problem.at(where, "no regular expression: " + wrong.getMessage()));
        }
    }

    private void port(String where, int port) {
        if (port < 1 || port > 65535) {
            problems.add(Problem.at(where, "port " + port + " is not between 1 and 65535"));
        }
    }

    private void positive(String where, Duration time) {
        if (time.isZero() || time.isNegative()) {
            problems.add(Problem.at(where, time + " is not more than 0"));
        }
    }

    private void notNegative(String where, Duration time) {
        if (time.isNegative()) {
            problems.add(Problem.at(where, time + " is negative"));
        }
    }

    private static String shorten(String text) {
        return text.length() <= 80 ? text : text.substring(0, 77) + "...";
    }
}
