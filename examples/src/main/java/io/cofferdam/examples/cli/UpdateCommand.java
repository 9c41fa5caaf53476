package io.cofferdam.examples.cli;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
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

/** Replaces an environment by a changed one under the same name. */
@Command(
        name = "update",
        description = {
            "Replaces an environment by a changed one under the same name.",
            "The old one is kept until the new one is ready, and goes on if that fails. What is not given stays as it is;"
                    + " --publish replaces all published ports. Files written inside are not taken over; keep them in"
                    + " volumes. A stopped environment stays stopped."
        })
final class UpdateCommand extends EngineCommand {

    @Mixin
    private final SpecOptions options = new SpecOptions();

    @Option(names = "--unset-env", paramLabel = "K", description = "a variable to take away; can be repeated")
    private List<String> unsetEnv = new ArrayList<>();

    @Option(names = "--unpublish-all", description = "publish no port any more")
    private boolean unpublish;

    @Option(names = "--label", paramLabel = "K=V", description = "a label to set; can be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--restart",
            paramLabel = "POLICY",
            description = "no, on-failure[:N], always or unhealthy[:N]; the middle two also with +unhealthy")
    @Nullable
    private String restart;

    @Option(names = "--timeout", paramLabel = "D", description = "how long the new one may take to be ready")
    @Nullable
    private Duration timeout;

    @Parameters(index = "0", paramLabel = "NAME", description = "the environment")
    private String name = "";

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "-- CMD",
            description = "another program and its arguments")
    private List<String> words = new ArrayList<>();

    @Override
    int run(Orchestrator engine) {
        if (options.givesImage()) {
            engine.capabilities().require(Capability.IMAGES, "leave --image out, or open an engine with images");
        }
        IsolatedEnvironment environment = engine.environments().get(name);
        EnvironmentSpec before = environment.spec();
        EnvironmentSpec after = changed(before);
        if (!after.equals(before)) {
            Progress.during("updating " + name, terminal(), () -> {
                environment.update(after);
                return environment;
            });
        }
        if (json()) {
            print(Documents.status(environment.status()));
        } else {
            terminal().out().println(Text.visible(name) + (after.equals(before) ? " is as it was" : " updated"));
            Shown.reached(environment.status()).forEach(terminal().out()::println);
        }
        return ExitCode.DONE;
    }

    private EnvironmentSpec changed(EnvironmentSpec before) {
        List<Problem> problems = new ArrayList<>();
        EnvironmentSpec.Builder builder = before.toBuilder();
        options.apply(builder, terminal(), problems);
        builder.limits(options.limits(before.limits(), problems));
        List<PortMapping> ports = options.ports(problems);
        if (unpublish || !ports.isEmpty()) {
            builder.withPorts(ports);
        }
        unsetEnv.forEach(variable -> {
            if (!before.env().containsKey(variable)) {
                problems.add(Problem.at("--unset-env " + variable, "the environment has no such variable"));
            }
            builder.withoutEnv(variable);
        });
        labels.forEach(builder::label);
        RestartText.parse(restart, problems).ifPresent(builder::restart);
        if (timeout != null) {
            builder.startTimeout(timeout);
        }
        if (!words.isEmpty()) {
            builder.withCommand(words);
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("change of environment '" + name + "'", problems);
        }
        return builder.build();
    }
}
