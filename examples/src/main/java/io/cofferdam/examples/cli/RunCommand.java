package io.cofferdam.examples.cli;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.PullPolicy;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes an environment and starts it: in the foreground like a program, or detached. */
@Command(
        name = "run",
        description = {
            "Makes an environment and starts it.",
            "In the foreground it shows what the program writes, ends with its exit code and removes it again; Ctrl-C"
                    + " stops it. With -d it waits until the environment is ready, prints its name and leaves it running."
        })
final class RunCommand extends EngineCommand {

    @Option(
            names = {"-d", "--detach"},
            description = "leave it running once it is ready")
    private boolean detach;

    @Option(names = "--name", paramLabel = "N", description = "its name; made up if not given")
    @Nullable
    private String name;

    @Option(names = "--stack", paramLabel = "S", description = "members of a stack reach each other by name")
    @Nullable
    private String stack;

    @Option(names = "--alias", paramLabel = "A", description = "a further name in the stack; can be repeated")
    private List<String> aliases = new ArrayList<>();

    @Option(
            names = "--network",
            paramLabel = "N[:A,...]",
            description = "a network to join, with further names there; can be repeated")
    private List<String> networks = new ArrayList<>();

    @Option(
            names = "--template",
            paramLabel = "DIR",
            description = "folder its directory starts as a copy of (process)")
    @Nullable
    private Path template;

    @Mixin
    private final SpecOptions options = new SpecOptions();

    @Option(names = "--label", paramLabel = "K=V", description = "a label; can be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--volume",
            paramLabel = "SRC:DST[:ro]",
            description = "host path or named volume SRC at DST inside")
    private List<String> volumes = new ArrayList<>();

    @Option(
            names = "--restart",
            paramLabel = "POLICY",
            description = "no, on-failure[:N], always or unhealthy[:N]; the middle two also with +unhealthy")
    @Nullable
    private String restart;

    @Mixin
    private final HealthOptions health = new HealthOptions();

    @Option(
            names = "--wait",
            paramLabel = "FOR",
            description = "with -d, ready when: port:N, http:N/PATH, http:PATH, https:N/PATH, https-insecure:N/PATH,"
                    + " log:REGEX, cmd:COMMAND, uptime:D, health or running; all of several")
    private List<String> waits = new ArrayList<>();

    @Option(
            names = "--timeout",
            paramLabel = "D",
            description = "with -d, how long it may take to be ready, 60s unless given")
    @Nullable
    private Duration timeout;

    @Option(
            names = "--stop-signal",
            paramLabel = "SIG",
            description = "signal a stop begins with, SIGTERM unless given")
    @Nullable
    private String stopSignal;

    @Option(names = "--stop-grace", paramLabel = "D", description = "time a stop waits before force, 10s unless given")
    @Nullable
    private Duration stopGrace;

    @Option(
            names = "--lifetime",
            paramLabel = "L",
            description = "session, ttl, child or persistent; session unless given, persistent with -d, child with"
                    + " --parent, ttl with --ttl")
    @Nullable
    private String lifetime;

    @Option(
            names = "--ttl",
            paramLabel = "D",
            description = "removed after this time, whether or not a program of this library runs then")
    @Nullable
    private Duration ttl;

    @Option(names = "--parent", paramLabel = "NAME", description = "removed together with this environment")
    @Nullable
    private String parent;

    @Option(names = "--pull", paramLabel = "WHEN", description = "fetch the image always, missing (default) or never")
    @Nullable
    private String pull;

    @Option(names = "--user", paramLabel = "U", description = "user the program runs as")
    @Nullable
    private String user;

    @Option(names = "--workdir", paramLabel = "DIR", description = "directory the program runs in")
    @Nullable
    private String workdir;

    @Parameters(arity = "0..*", paramLabel = "-- CMD", description = "the program and its arguments")
    private List<String> words = new ArrayList<>();

    @Nullable
    private EnvironmentSpec spec;

    @Override
    void check() {
        if (!detach && (!waits.isEmpty() || timeout != null)) {
            throw usage("--wait and --timeout are for -d; in the foreground the output is shown from the start");
        }
        spec = spec();
    }

    @Override
    int run(Orchestrator engine) {
        if (options.givesImage()) {
            // The library runs the command where there are no images; who names one here wants what is in it.
            engine.capabilities().require(Capability.IMAGES, "leave --image out, or open an engine with images");
        }
        return detach
                ? detached(engine, Parts.given(spec))
                : new Foreground(engine, terminal(), json()).run(Parts.given(spec));
    }

    private int detached(Orchestrator engine, EnvironmentSpec what) {
        IsolatedEnvironment environment = Progress.during(
                "starting " + what.name().orElse("it"),
                terminal(),
                () -> engine.environments().run(what));
        EnvironmentStatus status = environment.status();
        if (json()) {
            print(Documents.status(status));
            return ExitCode.DONE;
        }
        terminal().out().println(environment.name());
        Shown.reached(status).forEach(terminal().out()::println);
        return ExitCode.DONE;
    }

    private EnvironmentSpec spec() {
        List<Problem> problems = new ArrayList<>();
        EnvironmentSpec.Builder builder = EnvironmentSpec.builder();
        options.apply(builder, terminal(), problems);
        options.ports(problems).forEach(builder::publish);
        builder.limits(options.limits(ResourceLimits.none(), problems));
        if (name != null) {
            builder.name(name);
        }
        if (stack != null) {
            builder.stack(stack);
        }
        if (template != null) {
            builder.withTemplate(template);
        }
        if (stopSignal != null) {
            builder.stopSignal(stopSignal);
        }
        if (stopGrace != null) {
            builder.stopGrace(stopGrace);
        }
        if (user != null) {
            builder.user(user);
        }
        if (workdir != null) {
            builder.workingDirectory(workdir);
        }
        HealthCheck check = health.check(problems);
        if (check != null) {
            builder.healthCheck(check);
        }
        aliases.forEach(builder::alias);
        for (String network : networks) {
            String[] parts = network.split(":", 2);
            builder.network(parts[0], parts.length == 1 ? new String[0] : parts[1].split(",", -1));
        }
        labels.forEach(builder::label);
        volumes.forEach(text -> VolumeText.parse(text, problems).ifPresent(builder::mount));
        RestartText.parse(restart, problems).ifPresent(builder::restart);
        pull(builder, problems);
        lifetime(builder, problems);
        ready(builder, problems);
        builder.withCommand(words);
        return checked(builder, problems);
    }

    private void ready(EnvironmentSpec.Builder builder, List<Problem> problems) {
        if (!detach) {
            builder.readyWhen(Readiness.running());
        } else if (!waits.isEmpty()) {
            builder.readyWhen(WaitFor.parse(waits, options.ports(new ArrayList<>()), problems));
        }
        if (timeout != null) {
            builder.startTimeout(timeout);
        }
    }

    private void pull(EnvironmentSpec.Builder builder, List<Problem> problems) {
        if (pull == null) {
            return;
        }
        switch (pull) {
            case "always" -> builder.pullPolicy(PullPolicy.ALWAYS);
            case "missing" -> builder.pullPolicy(PullPolicy.MISSING);
            case "never" -> builder.pullPolicy(PullPolicy.NEVER);
            default -> problems.add(Problem.at("--pull " + pull, "it is none of always, missing and never"));
        }
    }

    private void lifetime(EnvironmentSpec.Builder builder, List<Problem> problems) {
        String kind = lifetime == null ? usualLifetime() : lifetime;
        if (ttl != null && !kind.equals("ttl")) {
            problems.add(Problem.at("--ttl", "it does not go together with " + shown(kind)));
        }
        if (parent != null && !kind.equals("child")) {
            problems.add(Problem.at("--parent", "it does not go together with " + shown(kind)));
        }
        switch (kind) {
            case "persistent" -> builder.lifetime(Lifetime.persistent());
            case "session" -> {
                builder.lifetime(Lifetime.session());
                if (detach) {
                    problems.add(new Problem(
                            "--lifetime session",
                            "the session ends with this command, and -d is to leave the environment running",
                            "leave out one of them"));
                }
            }
            case "ttl" -> {
                if (ttl == null) {
                    problems.add(Problem.at("--lifetime ttl", "it needs --ttl D"));
                } else if (ttl.isZero()) {
                    problems.add(Problem.at("--ttl", "it is not more than 0"));
                } else {
                    builder.lifetime(Lifetime.ttl(ttl));
                }
            }
            case "child" -> child(builder, problems);
            default ->
                problems.add(Problem.at("--lifetime " + kind, "it is none of session, ttl, child and persistent"));
        }
    }

    private String usualLifetime() {
        if (ttl != null) {
            return "ttl";
        }
        return parent != null ? "child" : detach ? "persistent" : "session";
    }

    private String shown(String kind) {
        return lifetime == null && kind.equals("ttl") ? "--ttl" : "--lifetime " + kind;
    }

    private void child(EnvironmentSpec.Builder builder, List<Problem> problems) {
        if (parent == null) {
            problems.add(Problem.at("--lifetime child", "it needs --parent NAME"));
            return;
        }
        try {
            builder.lifetime(new Lifetime.Child(parent));
        } catch (InvalidInputException invalid) {
            problems.addAll(invalid.problems());
        }
    }

    /** The specification, or one error with the problems of the options and those of the specification itself. */
    private EnvironmentSpec checked(EnvironmentSpec.Builder builder, List<Problem> problems) {
        try {
            EnvironmentSpec built = builder.build();
            if (problems.isEmpty()) {
                return built;
            }
        } catch (InvalidInputException invalid) {
            problems.addAll(invalid.problems());
        }
        throw new InvalidInputException(name == null ? "environment" : "environment '" + name + "'", problems);
    }
}
