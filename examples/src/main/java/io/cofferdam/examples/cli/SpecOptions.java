package io.cofferdam.examples.cli;

import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that {@code run} and {@code update} share: what an environment is made of. */
final class SpecOptions {

    @Option(names = "--image", paramLabel = "I", description = "container image (docker, kubernetes)")
    @Nullable
    private String image;

    @Option(names = "--env", paramLabel = "K=V", description = "variable; K alone takes its value from here")
    private List<String> env = new ArrayList<>();

    @Option(names = "--secret-env", paramLabel = "K", description = "secret variable, its value taken from here")
    private List<String> secretEnv = new ArrayList<>();

    @Option(names = "--env-file", paramLabel = "FILE", description = "variables, one K=V a line")
    private List<Path> envFiles = new ArrayList<>();

    @Option(
            names = "--publish",
            paramLabel = "[[ADDR:]H:]C",
            description = "reach port C inside at host port H; without H one is chosen; /udp for UDP")
    private List<String> publish = new ArrayList<>();

    @Option(names = "--memory", paramLabel = "M", description = "memory limit, for example 512m")
    @Nullable
    private String memory;

    @Option(names = "--cpus", paramLabel = "C", description = "processor limit, for example 0.5")
    @Nullable
    private Double cpus;

    @Option(names = "--pids", paramLabel = "N", description = "limit of processes and threads")
    @Nullable
    private Long pids;

    /** Whether an image was given. */
    boolean givesImage() {
        return image != null;
    }

    /** Puts what was given into a specification, and what is wrong with it into the list of problems. */
    void apply(EnvironmentSpec.Builder spec, Terminal terminal, List<Problem> problems) {
        if (image != null) {
            spec.withImage(image);
        }
        for (Path file : envFiles) {
            EnvFile.read(file, terminal.variables(), problems).forEach(spec::env);
        }
        variables(terminal, problems).forEach(spec::env);
        for (String name : secretEnv) {
            String value = terminal.variables().get(name);
            if (name.indexOf('=') >= 0) {
                problems.add(new Problem(
                        "--secret-env",
                        "a value was given, and others can read the command line",
                        "give the name only and set the variable where you run this"));
            } else if (value == null) {
                problems.add(Problem.at("--secret-env " + name, "there is no such variable here"));
            } else {
                spec.secretEnv(name, value);
            }
        }
    }

    /** The published ports that were given; empty if none were. */
    List<PortMapping> ports(List<Problem> problems) {
        List<PortMapping> ports = new ArrayList<>();
        for (String text : publish) {
            checked(
                    "--publish " + text,
                    ports,
                    list -> {
                        list.add(PortMapping.parse(text));
                        return list;
                    },
                    problems);
        }
        return ports;
    }

    private Map<String, String> variables(Terminal terminal, List<Problem> problems) {
        Map<String, String> variables = new LinkedHashMap<>();
        for (String text : env) {
            int equals = text.indexOf('=');
            String value = equals >= 0
                    ? text.substring(equals + 1)
                    : terminal.variables().get(text);
            if (equals == 0) {
                problems.add(Problem.at("--env", "'" + text + "' has no name"));
            } else if (value == null) {
                problems.add(new Problem("--env " + text, "there is no such variable here", "write NAME=VALUE"));
            } else {
                variables.put(equals > 0 ? text.substring(0, equals) : text, value);
            }
        }
        return variables;
    }

    /** The limits that were given, over others where nothing was. */
    ResourceLimits limits(ResourceLimits others, List<Problem> problems) {
        ResourceLimits limits = others;
        if (memory != null) {
            String amount = memory;
            limits = checked("--memory " + amount, limits, l -> l.withMemory(DataSize.parse(amount)), problems);
        }
        if (cpus != null) {
            double count = cpus;
            limits = checked("--cpus " + count, limits, l -> l.withCpus(count), problems);
        }
        if (pids != null) {
            long count = pids;
            limits = checked("--pids " + count, limits, l -> l.withPids(count), problems);
        }
        return limits;
    }

    /** A step from one value to the next; what it finds invalid joins the other problems. */
    static <T> T checked(String where, T before, UnaryOperator<T> step, List<Problem> problems) {
        try {
            return step.apply(before);
        } catch (InvalidInputException invalid) {
            for (Problem problem : invalid.problems()) {
                problems.add(new Problem(where, problem.what(), problem.remedy()));
            }
            return before;
        }
    }
}
