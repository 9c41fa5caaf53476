package io.cofferdam.examples.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The program {@code examples/probe}. Exit code 1 if a request failed, or the old version answered too late. */
@Command(
        name = "probe",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Sends GET requests at a steady rate over connections that are kept alive, and tells what came of them.",
            "A request is sent again only if its connection was closed before any byte of an answer came.",
            "Ends with 1 if any failed."
        })
public final class ProbeCommand implements Callable<Integer> {

    @Spec
    @Nullable
    private CommandSpec command;

    @Parameters(
            paramLabel = "URL",
            description = "for example 'http://127.0.0.1:8080/slow?ms='; behind a last = the work is written")
    private URI target = URI.create("");

    @Option(names = "--rate", paramLabel = "N", defaultValue = "200", description = "a second; ${DEFAULT-VALUE}")
    private int rate;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "60", description = "how long; ${DEFAULT-VALUE}")
    private int seconds;

    @Option(names = "--work", paramLabel = "MS", description = "the longest work that is asked for; 2000")
    @Nullable
    private Integer work;

    @Option(
            names = "--timeout",
            paramLabel = "S",
            defaultValue = "10",
            description = "beyond the work; ${DEFAULT-VALUE}")
    private int timeout;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "where the report goes; to the standard output without")
    @Nullable
    private Path json;

    @Option(names = "--requests", paramLabel = "FILE", description = "a line of JSON for each request")
    @Nullable
    private Path requests;

    @Option(
            names = "--old",
            paramLabel = "V",
            description = "count answers of this version to requests that began late")
    @Nullable
    private String old;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description = "late is more than a second after this moment, for example 2026-01-31T08:00:00Z")
    @Nullable
    private Instant since;

    private ProbeCommand() {}

    /**
     * Runs the program.
     *
     * @param args the command line
     */
    public static void main(String[] args) {
        System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), args));
    }

    static int run(PrintWriter out, String... args) {
        return new CommandLine(new ProbeCommand())
                .setOut(out)
                .registerConverter(Instant.class, Instant::parse)
                .setExecutionExceptionHandler((failure, where, parsed) -> {
                    where.getErr().println("probe: " + failure.getMessage());
                    return failure instanceof IllegalArgumentException ? 2 : 1;
                })
                .execute(args);
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        LoadProbe probe = LoadProbe.of(target).rate(rate).timeout(Duration.ofSeconds(timeout));
        if (work != null) {
            probe = probe.work(Duration.ofMillis(work));
        }
        CountDownLatch enough = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        Thread hook = new Thread(() -> endEarly(enough, told), "probe-interrupt");
        Runtime.getRuntime().addShutdownHook(hook);
        try (Load load = probe.start()) {
            boolean isEarly = enough.await(seconds, TimeUnit.SECONDS);
            int exitCode = tell(load.stop());
            if (!isEarly && enough.getCount() > 0) {
                Runtime.getRuntime().removeShutdownHook(hook);
            }
            return exitCode;
        } finally {
            told.countDown();
        }
    }

    /** Ctrl-C ends it early, with the report of what came until then. */
    private static void endEarly(CountDownLatch enough, CountDownLatch told) {
        enough.countDown();
        try {
            // Longer than any answer should take.
            boolean isTold = told.await(30, TimeUnit.SECONDS);
            if (!isTold) {
                System.err.println("probe: gave up waiting for answers");
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }

    private int tell(LoadReport report) throws IOException {
        Map<String, Object> document = new LinkedHashMap<>(report.document());
        long late = 0;
        if (old != null && since != null) {
            late = report.answersOf(old, since.plusSeconds(1));
            document.put("late", late);
        }
        String text = new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(document);
        if (json == null) {
            Objects.requireNonNull(command).commandLine().getOut().println(text);
        } else {
            Files.writeString(json, text + "\n");
        }
        if (requests != null) {
            Files.write(requests, lines(report));
        }
        return report.failed() == 0 && late == 0 ? 0 : 1;
    }

    private static List<String> lines(LoadReport report) {
        ObjectMapper mapper = new ObjectMapper();
        List<String> lines = new ArrayList<>();
        for (Sample sample : report.samples()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("began", sample.began().toString());
            line.put("ms", sample.nanos() / 1e6);
            line.put("work", sample.workMillis());
            line.put("status", sample.status());
            line.put("version", sample.version());
            line.put("failure", sample.failure());
            line.put("retried", sample.isRetried());
            try {
                lines.add(mapper.writeValueAsString(line));
            } catch (IOException impossible) {
                throw new UncheckedIOException(impossible);
            }
        }
        return lines;
    }
}
