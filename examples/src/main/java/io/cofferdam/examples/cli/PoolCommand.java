package io.cofferdam.examples.cli;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.ResourceLimits;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.pool.EnvironmentPool;
import io.cofferdam.pool.Lease;
import io.cofferdam.pool.PoolMetrics;
import io.cofferdam.pool.PoolOptions;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows what a warm pool is worth: how long a claim takes where environments are kept ready. */
@Command(
        name = "pool",
        description = {
            "Keeps environments ready, claims some, one after the other, and tells how long each claim took.",
            "A pool lives as long as the program that opened it, so this one removes everything at its end."
        })
final class PoolCommand extends EngineCommand {

    @Mixin
    private final SpecOptions options = new SpecOptions();

    @Option(names = "--size", paramLabel = "N", description = "how many are kept ready, 2 unless given")
    private int size = 2;

    @Option(
            names = "--max",
            paramLabel = "N",
            description = "how many there are at the most, twice the size unless given")
    @Nullable
    private Integer maximum;

    @Option(names = "--claims", paramLabel = "M", description = "how many are claimed, 10 unless given")
    private int claims = 10;

    @Option(names = "--paused", description = "keep them frozen until they are claimed")
    private boolean paused;

    @Option(
            names = "--http",
            paramLabel = "N/PATH",
            description = "published port and path that has to answer; a claim counts until it does")
    @Nullable
    private String http;

    @Option(names = "--timeout", paramLabel = "D", description = "how long one claim may take, 60s unless given")
    private Duration timeout = Duration.ofSeconds(60);

    @Parameters(arity = "0..*", paramLabel = "-- CMD", description = "the program and its arguments")
    private List<String> words = new ArrayList<>();

    @Nullable
    private EnvironmentSpec spec;

    @Nullable
    private PoolOptions pool;

    private Probe.@Nullable Http probe;

    @Override
    void check() {
        if (claims < 1) {
            throw usage("--claims is at least 1");
        }
        List<Problem> problems = new ArrayList<>();
        EnvironmentSpec.Builder builder =
                EnvironmentSpec.builder().name("pool").withCommand(words).readyWhen(Readiness.running());
        options.apply(builder, terminal(), problems);
        options.ports(problems).forEach(builder::publish);
        builder.limits(options.limits(ResourceLimits.none(), problems));
        if (http != null) {
            probe = WaitFor.http("--http " + http, http, problems);
            builder.readyWhen(Readiness.http(probe.port(), probe.path()));
        }
        try {
            spec = builder.build();
            PoolOptions wanted = PoolOptions.ofSize(size);
            wanted = maximum == null ? wanted : wanted.withMaximum(maximum);
            pool = paused ? wanted.asPaused() : wanted;
        } catch (InvalidInputException invalid) {
            problems.addAll(invalid.problems());
        }
        if (!problems.isEmpty()) {
            throw new InvalidInputException("pool", problems);
        }
    }

    @Override
    int run(Orchestrator engine) {
        if (options.givesImage()) {
            engine.capabilities().require(Capability.IMAGES, "leave --image out, or open an engine with images");
        }
        long opened = System.nanoTime();
        try (EnvironmentPool warm = EnvironmentPool.open(engine, Parts.given(spec), Parts.given(pool))) {
            Progress.during("filling the pool", terminal(), () -> {
                warm.awaitFull(timeout.multipliedBy(2));
                return warm;
            });
            double filled = millis(System.nanoTime() - opened);
            double[] times = new double[claims];
            for (int i = 0; i < claims; i++) {
                // What is measured is a claim that finds one ready; the time to make the next is the pool's own.
                warm.awaitFull(timeout);
                long begun = System.nanoTime();
                try (Lease lease = warm.claim(timeout)) {
                    answer(lease.environment());
                    times[i] = millis(System.nanoTime() - begun);
                }
            }
            Arrays.sort(times);
            tell(filled, times, warm.metrics());
        }
        return ExitCode.DONE;
    }

    private void tell(double filled, double[] times, PoolMetrics metrics) {
        double median = times[times.length / 2];
        double longest = times[times.length - 1];
        if (json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("size", size);
            document.put("paused", paused);
            document.put("filledMs", filled);
            document.put("claims", claims);
            document.put("medianMs", median);
            document.put("longestMs", longest);
            document.put("created", metrics.created());
            document.put("failures", metrics.failures());
            print(document);
        } else {
            terminal().out().println("filled with " + size + " in " + filled + " ms");
            terminal()
                    .out()
                    .println(claims + " claims" + (http == null ? "" : " with an answer") + ": median " + median
                            + " ms, longest " + longest + " ms");
        }
    }

    private void answer(IsolatedEnvironment environment) {
        Probe.Http asked = probe;
        if (asked == null) {
            return;
        }
        URI uri = environment.endpoint(asked.port()).uri("http").resolve(asked.path());
        try {
            HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
            connection.setConnectTimeout((int) timeout.toMillis());
            connection.setReadTimeout((int) timeout.toMillis());
            int status = connection.getResponseCode();
            connection.disconnect();
            if (status >= 400) {
                throw new CofferdamException("'" + environment.name() + "' answered " + status + " at " + uri);
            }
        } catch (IOException failure) {
            throw new CofferdamException("'" + environment.name() + "' does not answer at " + uri, failure);
        }
    }

    private static double millis(long nanos) {
        return Math.round(nanos / 10_000.0) / 100.0;
    }
}
