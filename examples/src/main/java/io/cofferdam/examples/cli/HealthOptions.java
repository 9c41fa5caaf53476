package io.cofferdam.examples.cli;

import io.cofferdam.environment.HealthCheck;
import io.cofferdam.environment.Probe;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a health check. */
final class HealthOptions {

    @Option(names = "--health-cmd", paramLabel = "CMD", description = "healthy when this shell command exits with 0")
    @Nullable
    private String command;

    @Option(
            names = "--health-http",
            paramLabel = "N/PATH",
            description = "healthy when GET on port N answers 2xx or 3xx")
    @Nullable
    private String http;

    @Option(names = "--health-tcp", paramLabel = "N", description = "healthy when port N accepts connections")
    @Nullable
    private Integer tcp;

    @Option(names = "--health-interval", paramLabel = "D", description = "time between probes, 10s unless given")
    @Nullable
    private Duration interval;

    @Option(names = "--health-timeout", paramLabel = "D", description = "time for an answer, 5s unless given")
    @Nullable
    private Duration timeout;

    @Option(names = "--health-retries", paramLabel = "N", description = "failures in a row that count, 3 unless given")
    @Nullable
    private Integer retries;

    @Option(names = "--health-start-period", paramLabel = "D", description = "time in which failures do not count")
    @Nullable
    private Duration startPeriod;

    /** The health check, or null if none was asked for. */
    @Nullable
    HealthCheck check(List<Problem> problems) {
        List<Probe> probes = new ArrayList<>();
        if (command != null) {
            probes.add(Probe.command("/bin/sh", "-c", command));
        }
        if (http != null) {
            probes.add(WaitFor.http("--health-http", http, problems));
        }
        if (tcp != null) {
            probes.add(Probe.tcp(tcp));
        }
        if (probes.isEmpty()) {
            if (interval != null || timeout != null || retries != null || startPeriod != null) {
                problems.add(new Problem(
                        "--health-*",
                        "there is no probe",
                        "give one of --health-cmd, --health-http and --health-tcp as well"));
            }
            return null;
        }
        if (probes.size() > 1) {
            problems.add(Problem.at("--health-*", "more than one probe was given; a health check has one"));
        }
        HealthCheck check = HealthCheck.of(probes.get(0));
        check = interval == null ? check : check.withInterval(interval);
        check = timeout == null ? check : check.withTimeout(timeout);
        check = retries == null ? check : check.withRetries(retries);
        return startPeriod == null ? check : check.withStartPeriod(startPeriod);
    }
}
