package io.cofferdam.tck;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import java.time.Clock;
import java.time.Duration;

/** What the contract tests have to know of a back end. */
public interface EngineUnderTest {

    /**
     * The back end's provider.
     *
     * @return the same engine each time
     */
    OrchestratorProvider provider();

    /**
     * How the engine is opened. The tests open it several times with this configuration and expect each orchestrator to
     * see the environments of the others. They touch nothing on the engine that they did not make themselves.
     *
     * @return equal configurations each time
     */
    EngineConfig config();

    /**
     * The software the tests run on the engine.
     *
     * @return the programs, made for this engine
     */
    Programs programs();

    /**
     * How long something may take at the most that is to happen soon. Only a failing test waits that long.
     *
     * @return 30 seconds unless the engine is slower
     */
    default Duration patience() {
        return Duration.ofSeconds(30);
    }

    /**
     * How long it takes at the most until a program that was started runs, on a machine that is busy. Tests of starts that are
     * given up add it to the time they give.
     *
     * @return nothing unless the engine takes its time, as those do that start programs on other hosts
     */
    default Duration startup() {
        return Duration.ZERO;
    }

    /**
     * The time by which the orchestrators of {@link #provider()} go.
     *
     * @return the system's unless the engine is one that has a time of its own
     */
    default Clock clock() {
        return Clock.systemUTC();
    }
}
