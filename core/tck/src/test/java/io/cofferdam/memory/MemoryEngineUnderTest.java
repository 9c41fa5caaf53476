package io.cofferdam.memory;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.OtherTime;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.Programs;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;

/** An engine in memory whose time runs fast, and on the way to which things go wrong. */
final class MemoryEngineUnderTest implements EngineUnderTest, AutoCloseable {

    /** Fast enough to make intervals short, and not so fast that a busy machine makes them long. */
    private static final int SPEED = 20;

    private final FastTime time = new FastTime(SPEED);
    private final Threads threads = Threads.named("memory-engine");
    private final MemoryEngine engine = new MemoryEngine(time, time.standingStill(), threads);
    private final Faults faults;
    private final Path folder;

    MemoryEngineUnderTest(Faults faults, Path folder) {
        this.faults = faults;
        this.folder = folder;
        threads.start("time", time::run);
    }

    @Override
    public OrchestratorProvider provider() {
        return new OrchestratorProvider() {
            @Override
            public String name() {
                return MemoryEngine.NAME;
            }

            @Override
            public Discovery discover(EngineConfig config) {
                return Discovery.missing(name(), List.of());
            }

            @Override
            public Orchestrator open(EngineConfig config) {
                Threads own = Threads.named("cofferdam-" + name());
                return OtherTime.over(new MemoryDriver(engine, faults, folder), config, time, time.on(own), own);
            }
        };
    }

    @Override
    public EngineConfig config() {
        return EngineConfig.defaults();
    }

    @Override
    public Programs programs() {
        return new MemoryPrograms();
    }

    @Override
    public Clock clock() {
        return time;
    }

    @Override
    public void close() {
        engine.close();
    }
}
