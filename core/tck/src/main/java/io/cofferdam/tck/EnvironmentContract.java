package io.cofferdam.tck;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

/**
 * What every back end holds to: each test is named after the rule of the public API that it checks. A back end extends this
 * class in its own tests and is one when all of them pass:
 *
 * <pre>{@code
 * class ContractOnDockerTest extends EnvironmentContract {
 *     protected EngineUnderTest engineUnderTest() {
 *         return new DockerUnderTest(new DockerProvider(), Programs.inImage("busybox:1"));
 *     }
 * }
 * }</pre>
 *
 * <p>Where an engine lacks a capability, the same test asserts that what needs it is refused with
 * {@link io.cofferdam.error.UnsupportedCapabilityException}; nothing is skipped. Tests run in any order, leave nothing on
 * the engine, and touch nothing there that is not theirs. Each topic has a JUnit tag of its own, such as {@code stacks}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class EnvironmentContract {

    private Suite suite;

    /** For subclasses. */
    protected EnvironmentContract() {}

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
    @Tag("engine")
    @DisplayName("discovery and what an engine says of itself")
    class Engine extends EngineCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("lifecycle")
    @DisplayName("create, start, stop, restart, pause, remove")
    class Lifecycle extends LifecycleCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("exits")
    @DisplayName("ends and exit codes")
    class Exits extends ExitCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("readinessconditions")
    @DisplayName("when a start is done")
    class ReadinessConditions extends ReadinessCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("names")
    @DisplayName("names, labels and finding")
    class Names extends NameCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("variables")
    @DisplayName("what a program is given")
    class Variables extends VariableCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("ports")
    @DisplayName("published ports")
    class Ports extends PortCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("limits")
    @DisplayName("resource limits and usage")
    class Limits extends LimitCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("storage")
    @DisplayName("images, templates, mounts, volumes")
    class Storage extends StorageCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("snapshots")
    @DisplayName("snapshots, export and import")
    class SavedStates extends SnapshotCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("images")
    @DisplayName("images: built, named, listed, removed")
    class ImagesOfTheEngine extends ImageCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("logs")
    @DisplayName("what programs write")
    class Logs extends LogCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("followers")
    @DisplayName("followers that outlive a run")
    class Followers extends FollowCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("commands")
    @DisplayName("commands run inside")
    class Commands extends ExecCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("talks")
    @DisplayName("conversations with commands and main processes")
    class Talks extends TalkCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("copies")
    @DisplayName("files in and out")
    class Copies extends CopyCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("healthchecks")
    @DisplayName("health checks")
    class HealthChecks extends HealthCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("restarts")
    @DisplayName("restart policies")
    class Restarts extends RestartCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("recovery")
    @DisplayName("recovery of what is unhealthy or ends")
    class Recovery extends RecoveryCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("events")
    @DisplayName("events")
    class Events extends EventCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("sessions")
    @DisplayName("lifetimes, sessions and closing")
    class Sessions extends SessionCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("updates")
    @DisplayName("replacing under the same name")
    class Updates extends UpdateCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("batches")
    @DisplayName("several at once")
    class Batches extends BatchCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("stacks")
    @DisplayName("stacks")
    class Stacks extends StackCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("networks")
    @DisplayName("networks by name")
    class NetworksByName extends NetworkCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("volumes")
    @DisplayName("volumes by name")
    class VolumesByName extends VolumeCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("pools")
    @DisplayName("warm pools")
    class Pools extends PoolCases {
        @Override
        Suite suite() {
            return suite;
        }
    }

    @Nested
    @Tag("concurrency")
    @DisplayName("many at once, deadlines, interrupts")
    class Concurrency extends ConcurrencyCases {
        @Override
        Suite suite() {
            return suite;
        }
    }
}
