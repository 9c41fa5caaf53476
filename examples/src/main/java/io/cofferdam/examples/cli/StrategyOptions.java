package io.cofferdam.examples.cli;

import io.cofferdam.deployment.Amount;
import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.FailureAction;
import io.cofferdam.deployment.RollingSettings;
import io.cofferdam.deployment.StrategySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;
import picocli.CommandLine.TypeConversionException;

/** How a deployment goes about it. */
final class StrategyOptions {

    @Spec(Target.MIXEE)
    @Nullable
    private CommandSpec command;

    @Option(
            names = "--strategy",
            paramLabel = "S",
            description = "recreate, rolling, blue-green or canary; rolling without, as update_config says")
    @Nullable
    private String strategy;

    @Option(names = "--max-surge", paramLabel = "N|P%%", description = "rolling: how many more there may be; 25%%")
    @Nullable
    private String surge;

    @Option(names = "--max-unavailable", paramLabel = "N|P%%", description = "rolling: how many may be missing; 25%%")
    @Nullable
    private String unavailable;

    @Option(names = "--wait", paramLabel = "D", description = "blue-green: how long the old instances are kept; 30s")
    @Nullable
    private Duration wait;

    @Option(
            names = "--steps",
            paramLabel = "LIST",
            description =
                    "canary: shares in percent, each with its time or until it is promoted: 10:30s,50; without, 10,50")
    @Nullable
    private String steps;

    @Option(names = "--on-failure", paramLabel = "WHAT", description = "rollback, pause or stop; without, rollback")
    @Nullable
    private FailureAction onFailure;

    @Option(
            names = "--progress-deadline",
            paramLabel = "D",
            description = "from one newly available instance to the next; 10m")
    @Nullable
    private Duration progressDeadline;

    @Option(
            names = "--min-ready",
            paramLabel = "D",
            description = "how long an instance has to be ready to count as available; 0s")
    @Nullable
    private Duration minReady;

    @Option(
            names = "--drain",
            paramLabel = "D",
            description = "how long requests under way are waited for before an instance stops; 30s")
    @Nullable
    private Duration drain;

    @Option(names = "--parallelism", paramLabel = "N", description = "how many instances start or stop at once; 16")
    @Nullable
    private Integer parallelism;

    /** The options, or all that is wrong with them. */
    DeployOptions options(Terminal terminal) {
        List<String> problems = new ArrayList<>();
        String name = strategy == null ? guessed() : strategy;
        only(name, "rolling", surge, "--max-surge", problems);
        only(name, "rolling", unavailable, "--max-unavailable", problems);
        only(name, "blue-green", wait, "--wait", problems);
        only(name, "canary", steps, "--steps", problems);
        if (!List.of("recreate", "rolling", "blue-green", "canary").contains(name)) {
            problems.add("there is no strategy '" + name + "'; there are recreate, rolling, blue-green and canary");
        }
        if (!problems.isEmpty()) {
            throw usage(String.join("\n", problems));
        }
        DeployOptions options = DeployOptions.with(settings(name))
                .user(terminal.variables().getOrDefault("USER", System.getProperty("user.name", "")));
        options = onFailure == null ? options : options.onFailure(onFailure);
        options = progressDeadline == null ? options : options.progressDeadline(progressDeadline);
        options = minReady == null ? options : options.minReady(minReady);
        options = drain == null ? options : options.drain(drain);
        return parallelism == null ? options : options.parallelism(parallelism);
    }

    /** Who gives the settings of a strategy means it. */
    private String guessed() {
        return wait != null ? "blue-green" : steps != null ? "canary" : "rolling";
    }

    private static void only(
            String name, String strategy, @Nullable Object value, String option, List<String> problems) {
        if (value != null && !name.equals(strategy)) {
            problems.add(option + " is for the strategy " + strategy + ", and this is " + name);
        }
    }

    private StrategySettings settings(String name) {
        StrategySettings usual = StrategySettings.named(name);
        return new StrategySettings(
                name,
                new RollingSettings(
                        surge == null ? usual.rolling().maxSurge() : Amount.parse(surge),
                        unavailable == null ? usual.rolling().maxUnavailable() : Amount.parse(unavailable)),
                wait == null ? usual.keep() : wait,
                steps == null ? usual.steps() : stages(steps));
    }

    private List<CanaryStep> stages(String text) {
        List<CanaryStep> stages = new ArrayList<>();
        for (String stage : text.split(",", -1)) {
            String[] parts = stage.strip().split(":", 2);
            if (!parts[0].matches("\\d{1,2}%?")) {
                throw usage("'" + stage + "' is no stage of a canary; write 10:30s or 10, shares from 1 to 99");
            }
            try {
                stages.add(new CanaryStep(
                        Integer.parseInt(parts[0].replace("%", "")),
                        parts.length > 1 ? new Durations().convert(parts[1]) : null));
            } catch (TypeConversionException wrong) {
                throw usage(String.valueOf(wrong.getMessage()));
            }
        }
        return stages;
    }

    private ParameterException usage(String message) {
        return new ParameterException(Parts.given(command).commandLine(), message);
    }
}
