package io.cofferdam.tck;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/**
 * What deployments on every engine hold to. Extended in a back end's own tests like {@link EnvironmentContract}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class DeploymentContract {

    private Suite suite;

    /** For subclasses. */
    protected DeploymentContract() {}

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
    @Tag("rollouts")
    @DisplayName("rollouts: four strategies from one release to the next")
    class Rollouts extends RolloutCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("rollbacks")
    @DisplayName("bad releases, rollbacks and what calls a deployment off")
    class Rollbacks extends RollbackCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("operations")
    @DisplayName("operations on projects, services and instances; other controllers")
    class Operations extends OperationCases {
        @Override
        Suite suite() {
            return suite;
        }
    }
}
