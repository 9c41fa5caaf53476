package io.cofferdam.driver;

import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import java.time.Clock;
import org.jspecify.annotations.NullMarked;

/** Orchestrators that go by another time than the system's. */
@NullMarked
public final class OtherTime {

    private OtherTime() {}

    /**
     * An orchestrator over a driver.
     *
     * @param driver the driver, which is closed together with the orchestrator
     * @param config the configuration the driver was made with
     * @param clock the time
     * @param scheduler goes by it
     * @param threads closed together with the orchestrator
     * @return a new orchestrator
     */
    public static Orchestrator over(
            EngineDriver driver, EngineConfig config, Clock clock, Scheduler scheduler, Threads threads) {
        return DrivenOrchestrator.over(driver, config, clock, scheduler, threads);
    }
}
