package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.LogQuery;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** A process driver on a state directory of a test, with what tests say often. Removes everything at its close. */
final class Bench implements AutoCloseable {

    static final Duration PATIENCE = Duration.ofSeconds(20);

    final ProcessDriver driver;
    final BlockingQueue<UnitEvent> events = new LinkedBlockingQueue<>();
    private boolean removing = true;

    Bench(Path state) {
        this(EngineConfig.builder().stateDirectory(state).build());
    }

    Bench(EngineConfig config) {
        driver = new ProcessDriver(config);
    }

    static Deadline soon() {
        return Deadline.in(PATIENCE);
    }

    static CreateRequest request(String name, EnvironmentSpec spec) {
        return new CreateRequest(name, spec, Map.of(Labels.ENVIRONMENT, name), null);
    }

    String create(String name, EnvironmentSpec.Builder spec) {
        return driver.create(request(name, spec.name(name).build()), soon());
    }

    String create(String name, String... command) {
        return create(name, EnvironmentSpec.command(command));
    }

    String started(String name, EnvironmentSpec.Builder spec) {
        String id = create(name, spec);
        driver.start(id, soon());
        return id;
    }

    String started(String name, String... command) {
        return started(name, EnvironmentSpec.command(command));
    }

    EnvironmentState state(String id) {
        return driver.inspect(id, soon()).status().state();
    }

    void stop(String id) {
        driver.stop(id, "SIGTERM", Duration.ofSeconds(10), soon());
    }

    /** Waits for the end, as it is told. */
    int awaitExit(String id) {
        List<LogLine> ignored = new ArrayList<>();
        driver.readLines(id, LogQuery.all(), true, ignored::add, soon());
        return driver.inspect(id, soon()).status().exitCode().orElseThrow();
    }

    List<String> lines(String id, LogQuery query) {
        List<String> lines = new ArrayList<>();
        driver.readLines(id, query, false, line -> lines.add(line.text()), soon());
        return lines;
    }

    /** Waits for a line, and tells it. */
    String awaitLine(String id, Predicate<String> wanted) {
        class Found extends RuntimeException {
            private static final long serialVersionUID = 1L;

            Found(String line) {
                super(line);
            }
        }
        try {
            driver.readLines(
                    id,
                    LogQuery.all(),
                    true,
                    line -> {
                        if (wanted.test(line.text())) {
                            throw new Found(line.text());
                        }
                    },
                    soon());
        } catch (Found found) {
            return String.valueOf(found.getMessage());
        }
        throw new AssertionError("ended without the line; it wrote " + lines(id, LogQuery.all()));
    }

    /** The next event of one kind. */
    UnitEvent await(UnitEvent.Kind kind) throws InterruptedException {
        List<UnitEvent> others = new ArrayList<>();
        while (true) {
            UnitEvent event = events.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            if (event == null) {
                throw new AssertionError("no " + kind + ", only " + others);
            }
            if (event.kind() == kind) {
                return event;
            }
            others.add(event);
        }
    }

    /** Leaves the environments running at the close, as an application that ends does. */
    Bench leaving() {
        removing = false;
        return this;
    }

    @Override
    public void close() {
        if (removing) {
            driver.list(LabelSelector.all(), soon())
                    .forEach(unit -> driver.remove(unit.status().id(), soon()));
        }
        driver.close();
    }
}
