package io.cofferdam.junit;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import io.cofferdam.environment.IsolatedEnvironment;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/**
 * Many tests side by side, each with a PostgreSQL of a pool, put back to its clean database, in a network of its own. As a program
 * it runs a thousand at parallelism 8, or a hundred with a second argument, and prints the figures; the suites run a few.
 */
final class PoolRun {

    private static final Set<String> TAKEN = ConcurrentHashMap.newKeySet();
    /** How long tests waited for what they have, in nanoseconds. */
    private static final Queue<Long> CLAIMS = new ConcurrentLinkedQueue<>();

    private static final AtomicInteger COLLISIONS = new AtomicInteger();

    private PoolRun() {}

    /** Stands before the extension that claims, on the thread of the test. */
    static final class Begins implements BeforeEachCallback {
        private static final ThreadLocal<Long> BEGAN = new ThreadLocal<>();

        @Override
        public void beforeEach(ExtensionContext context) {
            BEGAN.set(System.nanoTime());
        }
    }

    /** What each test does: fails if it finds anything of another one. */
    static void use(IsolatedEnvironment environment, ConnectionDetails database) throws SQLException {
        CLAIMS.add(System.nanoTime() - Begins.BEGAN.get());
        String stack = environment.spec().stack().orElseThrow();
        if (!TAKEN.add(environment.name()) | !TAKEN.add("network " + stack)) {
            COLLISIONS.incrementAndGet();
        }
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id int)");
            statement.execute("INSERT INTO orders VALUES (1), (2)");
        } finally {
            TAKEN.remove(environment.name());
            TAKEN.remove("network " + stack);
        }
    }

    @ExtendWith(Begins.class)
    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class Few {
        @Environment(pool = 2, reset = Reset.DATA)
        final Preset database = Presets.postgresql();

        @RepeatedTest(12)
        void test(IsolatedEnvironment environment, ConnectionDetails connection) throws SQLException {
            use(environment, connection);
        }
    }

    @ExtendWith(Begins.class)
    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class Thousand {
        @Environment(pool = 8, reset = Reset.DATA)
        final Preset database = Presets.postgresql();

        @RepeatedTest(1000)
        void test(IsolatedEnvironment environment, ConnectionDetails connection) throws SQLException {
            use(environment, connection);
        }
    }

    @ExtendWith(Begins.class)
    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class Hundred {
        @Environment(pool = 8, reset = Reset.DATA)
        final Preset database = Presets.postgresql();

        @RepeatedTest(100)
        void test(IsolatedEnvironment environment, ConnectionDetails connection) throws SQLException {
            use(environment, connection);
        }
    }

    /** How many tests had what another one had at the same time, since the program began. */
    static int collisions() {
        return COLLISIONS.get();
    }

    static Map<String, String> parameters(int parallelism) {
        return Map.of(
                "junit.jupiter.execution.parallel.enabled", "true",
                "junit.jupiter.execution.parallel.config.strategy", "fixed",
                "junit.jupiter.execution.parallel.config.fixed.parallelism", String.valueOf(parallelism),
                "cofferdam.images", "postgres:*=cofferdam-test/postgres:15",
                "cofferdam.timeout.start", "3m");
    }

    public static void main(String[] arguments) {
        String engine = arguments.length > 0 ? arguments[0] : "docker";
        SummaryGeneratingListener summary = new SummaryGeneratingListener();
        long began = System.nanoTime();
        LauncherFactory.create()
                .execute(
                        LauncherDiscoveryRequestBuilder.request()
                                .selectors(selectClass(arguments.length > 1 ? Hundred.class : Thousand.class))
                                .configurationParameters(parameters(8))
                                .configurationParameter("cofferdam.engine", engine)
                                .build(),
                        summary);
        Duration took = Duration.ofNanos(System.nanoTime() - began);
        summary.getSummary().printFailuresTo(new PrintWriter(System.out, true), 5);
        List<Long> sorted = new ArrayList<>(CLAIMS);
        sorted.sort(null);
        System.out.println(summary.getSummary().getTestsSucceededCount() + " tests succeeded in " + took.toSeconds()
                + " s, collisions " + COLLISIONS + ", claim with reset p50 " + millis(sorted, 50) + " ms, p90 "
                + millis(sorted, 90) + " ms, p99 " + millis(sorted, 99) + " ms");
        System.exit((int) Math.min(100, summary.getSummary().getTotalFailureCount()));
    }

    private static long millis(List<Long> sorted, int percent) {
        return sorted.isEmpty()
                ? -1
                : TimeUnit.NANOSECONDS.toMillis(sorted.get(Math.min(sorted.size() - 1, sorted.size() * percent / 100)));
    }
}
