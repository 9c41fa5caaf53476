package io.cofferdam.pipeline.steps;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.AttachSpec;
import io.cofferdam.environment.Attachment;
import io.cofferdam.environment.DataSize;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.OperationTimeoutException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StartFailedException;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Secret;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepFailedException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs an environment to its end, its output being the step's, and tells how it ended. */
final class OneShot {

    private static final Duration FOREVER = Duration.ofDays(3650);
    private static final Duration LAST_OUTPUT = Duration.ofSeconds(10);
    /** How long after the end of a process its engine tells of it. */
    private static final Duration LAST_WORD = Duration.ofSeconds(2);
    /** How processes end that somebody else has ended. */
    private static final Set<Integer> KILLED = Set.of(137, 143, 255);
    /** How long an engine may need to show what it was asked for before the caller was interrupted. */
    private static final long LATE_MILLIS = 250;

    private final StepContext context;
    private final Orchestrator engine;
    private final boolean isKept;
    private final AtomicReference<@Nullable IsolatedEnvironment> made = new AtomicReference<>();

    OneShot(StepContext context, Orchestrator engine, boolean isKept) {
        this.context = context;
        this.engine = engine;
        this.isKept = isKept;
    }

    /** A name no other attempt has. */
    static String name(StepContext context) {
        String step = context.step().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
        String unique = context.run() + "-" + Integer.toHexString(context.step().hashCode()) + "-" + context.attempt();
        String cut = step.length() > 20 ? step.substring(0, 20) : step;
        return ("run-" + unique + "-" + cut).replaceAll("-+", "-").replaceAll("-$", "");
    }

    /** Puts variables into a specification. */
    static void environment(EnvironmentSpec.Builder spec, StepConfig config, String field) {
        config.pairs(field).forEach((name, value) -> {
            if (value instanceof Secret secret) {
                spec.secretEnv(name, secret.reveal());
            } else {
                spec.env(name, String.valueOf(value));
            }
        });
    }

    Map<String, ?> run(EnvironmentSpec.Builder builder, List<Integer> expected) {
        context.services().ifPresent(builder::stack);
        StepConfig config = context.config();
        config.text("user").ifPresent(builder::user);
        config.text("working_directory").ifPresent(builder::workingDirectory);
        config.text("memory").ifPresent(amount -> builder.memory(memory(amount)));
        config.text("cpus").ifPresent(amount -> builder.cpus(cpus(amount)));
        EnvironmentSpec spec = builder.readyWhen(Readiness.running())
                .stopGrace(context.grace())
                .label("pipeline.run", context.run())
                .build();
        String name = spec.name().orElseThrow();
        context.onExit("removing '" + name + "'", () -> end(name));
        IsolatedEnvironment environment = engine.environments().create(spec);
        made.set(environment);
        context.artifacts().copyIn(environment);
        Tail tail = new Tail(context.stdout());
        int exitCode = engine.capabilities().has(Capability.ATTACH)
                ? attached(environment, tail)
                : followed(environment, tail);
        // An engine that ends its software because it is ended itself does not answer this any more.
        EnvironmentStatus status = KILLED.contains(exitCode) ? environment.status() : null;
        Map<String, Object> results = new LinkedHashMap<>();
        results.put("exit_code", (long) exitCode);
        results.put("container", environment.name());
        results.put("stdout", tail.text());
        if (!expected.contains(exitCode)) {
            throw failed(exitCode, status, results);
        }
        context.artifacts().copyOut(environment);
        return results;
    }

    private static String memory(String amount) {
        try {
            DataSize.parse(amount);
            return amount;
        } catch (InvalidInputException wrong) {
            throw new InvalidInputException("the step", List.of(Problem.at("memory", "'" + amount + "' is no amount")));
        }
    }

    private static double cpus(String amount) {
        try {
            return Double.parseDouble(amount);
        } catch (NumberFormatException wrong) {
            throw new InvalidInputException("the step", List.of(Problem.at("cpus", "'" + amount + "' is no number")));
        }
    }

    private int attached(IsolatedEnvironment environment, OutputStream out) {
        try (Attachment attachment = environment.attach(AttachSpec.output(out, context.stderr()))) {
            start(environment);
            // The end of the output is that of the process, or of the engine, whose return nobody should wait for here.
            attachment.awaitEnd(FOREVER);
            return exit(environment);
        }
    }

    private int exit(IsolatedEnvironment environment) {
        try {
            return environment.awaitExit(LAST_WORD);
        } catch (OperationTimeoutException late) {
            // It wants no output any more and goes on, or the engine is away, which this says.
            environment.status();
        }
        while (true) {
            try {
                int exitCode = environment.awaitExit(LAST_WORD);
                if (KILLED.contains(exitCode) && !environment.status().outOfMemory()) {
                    throw new StepFailedException(
                            "the command of step '" + context.step() + "' was ended (exit code " + exitCode + ") while "
                                    + engine.info().engine() + " was away; see whether the engine was restarted",
                            FaultClass.INFRASTRUCTURE,
                            null);
                }
                return exitCode;
            } catch (OperationTimeoutException goesOn) {
                environment.status();
            }
        }
    }

    /** Line by line, where an engine cannot attach. */
    private int followed(IsolatedEnvironment environment, OutputStream out) {
        start(environment);
        try (LogFollower follower = environment.follow(LogQuery.all(), line -> {
            try {
                OutputStream to = line.stream() == LogLine.Stream.STDERR ? context.stderr() : out;
                to.write((line.text() + (line.complete() ? "\n" : "")).getBytes(StandardCharsets.UTF_8));
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        })) {
            int exitCode = environment.awaitExit(FOREVER);
            follower.awaitEnd(LAST_OUTPUT);
            return exitCode;
        }
    }

    private static void start(IsolatedEnvironment environment) {
        try {
            environment.start();
        } catch (StartFailedException over) {
            if (over.exitCode().isEmpty()) {
                throw over;
            }
            // It ran and was through before anybody looked.
        }
    }

    private StepFailedException failed(int exitCode, @Nullable EnvironmentStatus status, Map<String, Object> results) {
        List<String> lines = context.lastLines();
        String why = status != null && status.outOfMemory()
                ? "was killed because it needed more memory than its limit; raise 'memory'"
                : exitCode == 137 ? "was killed (exit code 137)" : "ended with exit code " + exitCode;
        String last = lines.isEmpty() ? ", and wrote nothing" : "; its last lines:\n  " + String.join("\n  ", lines);
        return new StepFailedException(
                "the command of step '" + context.step() + "' " + why + last, FaultClass.USER, null, results);
    }

    /** Done however it ended, and also when it was interrupted in the middle of being made. */
    private void end(String name) {
        IsolatedEnvironment environment = made.get();
        if (environment == null) {
            engine.environments().find(name).ifPresent(IsolatedEnvironment::remove);
            try {
                TimeUnit.MILLISECONDS.sleep(LATE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new OperationInterruptedException("removing '" + name + "' was interrupted", e);
            }
            engine.environments().find(name).ifPresent(IsolatedEnvironment::remove);
            return;
        }
        if (environment.status().state().isAlive()) {
            environment.stop(context.grace());
        }
        if (!isKept) {
            environment.remove();
        }
    }

    /** Hands everything on and keeps a beginning of it as a result. */
    static final class Tail extends OutputStream {

        private static final int MOST = 16 * 1024;

        private final OutputStream next;
        private final java.io.ByteArrayOutputStream kept = new java.io.ByteArrayOutputStream();

        Tail(OutputStream next) {
            this.next = next;
        }

        @Override
        public synchronized void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int from, int length) throws IOException {
            next.write(bytes, from, length);
            int room = Math.min(length, MOST - kept.size());
            if (room > 0) {
                kept.write(bytes, from, room);
            }
        }

        @Override
        public void flush() throws IOException {
            next.flush();
        }

        synchronized String text() {
            return kept.toString(StandardCharsets.UTF_8).stripTrailing();
        }
    }

    /** Exit codes that count as a success. */
    static List<Integer> expected(StepConfig config) {
        List<Integer> codes = new ArrayList<>();
        for (String code : config.texts("expect_exit")) {
            try {
                codes.add(Integer.valueOf(code.strip()));
            } catch (NumberFormatException wrong) {
                throw new InvalidInputException(
                        "the step", List.of(Problem.at("expect_exit", "'" + code + "' is no exit code")));
            }
        }
        return codes.isEmpty() ? List.of(0) : codes;
    }
}
