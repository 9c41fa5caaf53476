package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.cofferdam.engine.Capability;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Environments;
import io.cofferdam.environment.ExecResult;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.UnsupportedCapabilityException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What all cases share: an orchestrator of their own, names nobody else has, and the promise that nothing of a case is
 * left on the engine after it.
 */
abstract class Cases {

    /** Marks whatever a case makes. */
    static final String LABEL = "cofferdam-tck-case";

    /** Runs until it is told to stop, and then exits with 0. */
    static final String IDLE = "trap 'exit 0' TERM; sleep 3600 & wait";

    /** Far longer than any deadline under test, far shorter than the patience of whoever runs the tests. */
    static final Duration LENIENCE = Duration.ofSeconds(5);

    private final String unique =
            HexFormat.of().toHexDigits((short) ThreadLocalRandom.current().nextInt());
    private final Deque<Orchestrator> opened = new ConcurrentLinkedDeque<>();
    private final Deque<Recorder> recorders = new ConcurrentLinkedDeque<>();
    private Orchestrator engine;

    /** The run of all cases this one belongs to. */
    abstract Suite suite();

    final EngineUnderTest subject() {
        return suite().engine();
    }

    @BeforeEach
    final void open() {
        engine = another();
    }

    @AfterEach
    final void leaveNothing() {
        try (Orchestrator cleaner = subject().provider().open(subject().config())) {
            recorders.forEach(Recorder::close);
            opened.forEach(Orchestrator::close);
            cleaner.environments().select(mine()).remove().orThrow();
            if (cleaner.capabilities().has(Capability.SNAPSHOTS)) {
                cleaner.snapshots()
                        .list(mine())
                        .forEach(saved -> cleaner.snapshots().remove(saved.name()));
            }
            cleaner.volumes().list(mine()).forEach(volume -> cleaner.volumes().remove(volume.name()));
            cleaner.networks()
                    .list(mine())
                    .forEach(network -> cleaner.networks().remove(network.name()));
            assertThat(cleaner.environments().statuses(mine()))
                    .as("what the case has left on the engine")
                    .isEmpty();
        }
    }

    Orchestrator engine() {
        return engine;
    }

    Environments environments() {
        return engine.environments();
    }

    Programs programs() {
        return subject().programs();
    }

    /** Opens the same engine once more; closed after the case. */
    final Orchestrator another() {
        Orchestrator orchestrator = subject().provider().open(subject().config());
        opened.add(orchestrator);
        return orchestrator;
    }

    final Recorder record(Orchestrator orchestrator) {
        Recorder recorder = new Recorder(orchestrator, patience());
        recorders.add(recorder);
        return recorder;
    }

    final Recorder record() {
        return record(engine);
    }

    Duration patience() {
        return subject().patience();
    }

    /** The time on the engine. */
    final Instant now() {
        return subject().clock().instant();
    }

    /** A name that only this case has. */
    final String name(String word) {
        return label() + "-" + word;
    }

    /** Picks what this case has made. */
    final LabelSelector mine() {
        return LabelSelector.of(LABEL, label());
    }

    final String label() {
        return suite().prefix() + unique;
    }

    final EnvironmentSpec.Builder shell(String word, String script) {
        return ours(word, programs().shell(script));
    }

    /** A script that finds the folder {@code kept} as its last run left it. */
    final EnvironmentSpec.Builder keeping(String word, String script) {
        return has(Capability.KEPT_FILES)
                ? shell(word, "mkdir -p kept; " + script)
                : shell(word, script).mount(Mount.temporary("/kept"));
    }

    final EnvironmentSpec.Builder web(String word, int port) {
        return ours(word, programs().web(port));
    }

    final EnvironmentSpec.Builder ours(String word, EnvironmentSpec.Builder builder) {
        return marked(builder).name(name(word)).startTimeout(patience());
    }

    final EnvironmentSpec.Builder marked(EnvironmentSpec.Builder builder) {
        return builder.label(LABEL, label()).label(Suite.LABEL, suite().prefix());
    }

    /** Runs a script and waits for nothing but that it runs. */
    final IsolatedEnvironment run(String word, String script) {
        return environments()
                .run(shell(word, script).readyWhen(Readiness.running()).build());
    }

    final IsolatedEnvironment idle(String word) {
        return run(word, IDLE);
    }

    /** Runs a script to its end. */
    final IsolatedEnvironment runToEnd(String word, String script) {
        IsolatedEnvironment environment = run(word, script);
        environment.awaitExit(patience());
        return environment;
    }

    final boolean has(Capability capability) {
        return engine.capabilities().has(capability);
    }

    /** Asserts that what needs a missing capability is refused by naming engine and capability. */
    final void assertRefused(Capability capability, ThrowingCallable call) {
        UnsupportedCapabilityException refusal = catchThrowableOfType(UnsupportedCapabilityException.class, call);
        assertThat(refusal).as("the refusal of what needs " + capability).isNotNull();
        assertThat(refusal.capability()).isEqualTo(capability.toString());
        assertThat(refusal.engine()).isEqualTo(engine.capabilities().engine());
        assertThat(refusal).hasMessageContaining(engine.capabilities().reason(capability));
    }

    /** Asserts that a specification that needs a missing capability is refused and leaves nothing. */
    final void assertRefused(Capability capability, EnvironmentSpec spec) {
        assertRefused(capability, () -> environments().create(spec));
        assertThat(environments().statuses(mine())).isEmpty();
    }

    static String sh(IsolatedEnvironment environment, String script) {
        ExecResult result = environment.exec("sh", "-c", script);
        assertThat(result.exitCode())
                .as("exit code of '%s', which wrote: %s", script, result.stderr())
                .isZero();
        return result.stdout();
    }

    static List<String> lines(IsolatedEnvironment environment, LogQuery query) {
        return environment.logs(query).stream().map(LogLine::text).toList();
    }

    /** What it wrote to its standard output; to both where the engine keeps them as one. */
    final List<String> stdout(IsolatedEnvironment environment) {
        return lines(
                environment, has(Capability.LOG_STREAMS) ? LogQuery.all().only(LogLine.Stream.STDOUT) : LogQuery.all());
    }

    static List<String> names(List<EnvironmentStatus> statuses) {
        return statuses.stream().map(EnvironmentStatus::name).toList();
    }

    /** Asks a web server from the host. */
    String get(Endpoint endpoint, String path) {
        HttpRequest request = HttpRequest.newBuilder(endpoint.uri("http").resolve(path))
                .timeout(patience())
                .build();
        try {
            HttpResponse<String> response =
                    HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).as("status of %s", request.uri()).isEqualTo(200);
            return response.body();
        } catch (IOException e) {
            throw new AssertionError("no answer from " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while asking " + request.uri(), e);
        }
    }

    /**
     * A port that nobody listens on at this moment, outside the range that systems take ports of outgoing connections
     * from.
     */
    static int freePort() {
        for (int attempt = 0; attempt < 100; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 30_000);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException taken) {
                // The next one may be free.
            }
        }
        throw new AssertionError("found no free port among 100 of 20000 to 29999");
    }

    /** Begins something on a thread of its own, which the case has to see through with {@link Running#result}. */
    <T> Running<T> begin(Callable<T> work) {
        return new Running<>(work, patience());
    }

    Running<Boolean> begin(Runnable work) {
        return begin(() -> {
            work.run();
            return true;
        });
    }

    /** Begins several things at once and waits for all. */
    <T> List<T> inParallel(List<? extends Callable<T>> work) {
        List<Running<T>> running = new ArrayList<>();
        work.forEach(one -> running.add(begin(one)));
        return running.stream().map(Running::result).toList();
    }

    /**
     * Asks again and again until something is so. Only for what the API offers no event for: the inside of an environment,
     * and the absence of something.
     */
    void eventually(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + patience().toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited " + patience().toSeconds() + " s in vain until " + what);
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** Work on a thread of its own. */
    static final class Running<T> {

        private final FutureTask<T> task;
        private final Thread thread;
        private final Duration patience;

        Running(Callable<T> work, Duration patience) {
            this.task = new FutureTask<>(work);
            this.patience = patience;
            this.thread = new Thread(task, "contract-case");
            thread.setDaemon(true);
            thread.start();
        }

        void interrupt() {
            thread.interrupt();
        }

        boolean isOver() {
            return task.isDone();
        }

        /** Waits until the thread waits for something. */
        void awaitBlocked() {
            while (thread.getState() != Thread.State.WAITING
                    && thread.getState() != Thread.State.TIMED_WAITING
                    && thread.isAlive()) {
                Thread.onSpinWait();
            }
        }

        T result() {
            try {
                return task.get(patience.toMillis() * 2, TimeUnit.MILLISECONDS);
            } catch (ExecutionException e) {
                if (e.getCause() instanceof RuntimeException failure) {
                    throw failure;
                }
                if (e.getCause() instanceof Error failure) {
                    throw failure;
                }
                throw new AssertionError("it failed", e.getCause());
            } catch (TimeoutException e) {
                AssertionError hanging = new AssertionError("it hangs");
                hanging.setStackTrace(thread.getStackTrace());
                throw hanging;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }
}
