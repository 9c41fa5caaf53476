package io.cofferdam.examples.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.cofferdam.error.CofferdamException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs one measurement by name and prints what it found. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures the library; without a name, tells what there is.")
public final class Bench implements Callable<Integer> {

    private static final Map<String, Benchmark> ALL = new LinkedHashMap<>();

    static {
        ALL.put("docker-start", new DockerStart());
        ALL.put("docker-parallel", new DockerParallel(DockerParallel.Until.RUNNING));
        ALL.put("ready-parallel", new DockerParallel(DockerParallel.Until.READY));
        ALL.put("stop-parallel", new DockerParallel(DockerParallel.Until.STOPPED));
        ALL.put("cycles", new Cycles(true));
        ALL.put("cycles-process", new Cycles(false));
        ALL.put("docker-heap", new DockerHeap());
        ALL.put("port-ready", new DockerReady(false));
        ALL.put("http-ready", new DockerReady(true));
        ALL.put("one-shot", new OneShot());
        ALL.put("followers", new Followers());
        ALL.put("snapshot", new SnapshotRestore());
        ALL.put("process-start", new ProcessStart());
        ALL.put("discovery", new DiscoveryTime());
        ALL.put("compose-load", new ComposeLoad());
        ALL.put("deploy-latency", new DeployLatency());
        ALL.put("recreate", new RecreateTime());
        ALL.put("plan", new PlanTime());
        ALL.put("pipeline-graph", new PipelineGraph());
        ALL.put("docker-run-step", new DockerRunStep());
        ALL.put("pool", new PoolClaim(true));
        ALL.put("pool-process", new PoolClaim(false));
        optional("io.cofferdam.examples.bench.AgainstTestcontainers")
                .ifPresent(comparison -> ALL.put("testcontainers", comparison));
    }

    @Parameters(arity = "0..1", paramLabel = "NAME", description = "the measurement")
    @Nullable
    private String name;

    @Option(names = "-n", paramLabel = "N", description = "number of samples")
    @Nullable
    private Integer samples;

    @Option(
            names = "--image",
            paramLabel = "I",
            description = "image with 'sleep' for Docker, ${DEFAULT-VALUE} unless given")
    private String image = "busybox:1";

    @Option(names = "--json", description = "print JSON")
    private boolean json;

    @Spec
    @Nullable
    private CommandSpec command;

    /** A comparison whose software is there only in a build that asks for it: the profile of its name in the pom. */
    private static Optional<Benchmark> optional(String name) {
        try {
            return Optional.of(Class.forName(name)
                    .asSubclass(Benchmark.class)
                    .getDeclaredConstructor()
                    .newInstance());
        } catch (ReflectiveOperationException notBuilt) {
            return Optional.empty();
        }
    }

    /**
     * Runs the program.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench())
                .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                .setExecutionExceptionHandler((failure, where, parsed) -> {
                    System.err.println("bench: " + failure.getMessage());
                    if (!(failure instanceof CofferdamException)) {
                        failure.printStackTrace();
                    }
                    return 1;
                })
                .execute(args));
    }

    @Override
    public Integer call() throws Exception {
        if ("events".equals(name)) {
            List<String> arguments = new ArrayList<>();
            if (samples != null) {
                arguments.add(samples.toString());
            }
            if (json) {
                arguments.add("--json");
            }
            EventBusBenchmark.main(arguments.toArray(String[]::new));
            return 0;
        }
        if (name == null) {
            System.out.printf(
                    "%-16s %s%n", "events", "the event bus, a program of its own; -n is the number of rounds");
            ALL.forEach((known, benchmark) ->
                    System.out.printf("%-16s %s, n = %d%n", known, benchmark.about(), benchmark.samples()));
            return 0;
        }
        Benchmark benchmark = ALL.get(name);
        if (benchmark == null || (samples != null && samples < 1)) {
            throw new ParameterException(
                    Objects.requireNonNull(command).commandLine(),
                    benchmark == null
                            ? "there is no measurement '" + name + "'; there are events and " + ALL.keySet()
                            : "-n is at least 1");
        }
        Report report = benchmark.measure(samples == null ? benchmark.samples() : samples, image);
        if (json) {
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("benchmark", name);
            document.put("java", Runtime.version().toString());
            document.put("processors", Runtime.getRuntime().availableProcessors());
            document.putAll(report.document());
            System.out.println(new ObjectMapper().writeValueAsString(document));
        } else {
            System.out.println(name + ": " + benchmark.about() + " (Java " + Runtime.version() + ", "
                    + Runtime.getRuntime().availableProcessors() + " processors)");
            report.lines().forEach(line -> System.out.println("  " + line));
        }
        return 0;
    }
}
