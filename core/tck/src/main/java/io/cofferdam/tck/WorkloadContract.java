package io.cofferdam.tck;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/**
 * What the workloads of every engine hold to: copies of services, and what a deployment needs of them. Extended in a back
 * end's own tests like {@link EnvironmentContract}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class WorkloadContract {

    private Suite suite;

    /** For subclasses. */
    protected WorkloadContract() {}

    /**
     * The engine that is to be tested. Asked once.
     *
     * @return what the tests have to know of it
     */
    protected abstract EngineUnderTest engineUnderTest();

    @BeforeAll
    final void askForTheEngine() {
        suite = Suite.of(engineUnderTest());
    }

    @AfterAll
    final void nothingIsLeft() {
        suite.assertThatNothingIsLeft();
    }

    @Nested
    @Tag("instances")
    @DisplayName("instances: started, found, adopted, removed")
    class Instances extends InstanceCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("availability")
    @DisplayName("when instances are available")
    class Availability extends AvailabilityCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("releases")
    @DisplayName("releases and what they are made from")
    class Releases extends ReleaseCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("projects")
    @DisplayName("what the instances of a project share")
    class Projects extends ProjectCases {
        @Override
        Suite suite() {
            return suite;
        }
    }
}
