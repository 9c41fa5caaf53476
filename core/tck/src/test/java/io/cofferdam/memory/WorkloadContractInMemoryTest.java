package io.cofferdam.memory;

import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.WorkloadContract;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** Workloads on an engine in memory hold to the contract, also when the way to it is bad. */
@DisplayName("contract of workloads on an engine in memory")
class WorkloadContractInMemoryTest {

    @TempDir
    private static Path state;

    @Nested
    @DisplayName("when nothing fails")
    class WithoutFaults extends OnMemory {
        WithoutFaults() {
            super(Faults.none());
        }
    }

    @Nested
    @DisplayName("when calls do not arrive")
    class UnreachedCalls extends OnMemory {
        UnreachedCalls() {
            super(Faults.unreached(7, 1));
        }
    }

    @Nested
    @DisplayName("when answers are lost")
    class LostAnswers extends OnMemory {
        LostAnswers() {
            super(Faults.unanswered(5, 2));
        }
    }

    @Nested
    @DisplayName("when the engine is away again and again")
    class Outages extends OnMemory {
        Outages() {
            super(Faults.outages(60, 8, 3));
        }
    }

    @Nested
    @DisplayName("when events come late, twice or never")
    class BadEvents extends OnMemory {
        BadEvents() {
            super(Faults.ofEvents(4));
        }
    }

    private abstract static class OnMemory extends WorkloadContract {

        private final MemoryEngineUnderTest engine;

        OnMemory(Faults faults) {
            engine = new MemoryEngineUnderTest(faults, state);
        }

        @Override
        protected EngineUnderTest engineUnderTest() {
            return engine;
        }

        @AfterAll
        void switchOff() {
            engine.close();
        }
    }
}
