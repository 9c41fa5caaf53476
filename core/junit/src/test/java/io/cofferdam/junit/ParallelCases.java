package io.cofferdam.junit;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Tests that run at the same time: each has what it was promised for itself. */
abstract class ParallelCases extends Cases {

    private static final Map<String, String> PARALLEL = Map.of(
            "junit.jupiter.execution.parallel.enabled", "true",
            "junit.jupiter.execution.parallel.config.strategy", "fixed",
            "junit.jupiter.execution.parallel.config.fixed.parallelism", "4");

    /** Names of environments and networks that a test has now. */
    private static final Set<String> TAKEN = ConcurrentHashMap.newKeySet();

    /** All that any test had. */
    private static final Set<String> EVER = ConcurrentHashMap.newKeySet();

    @AfterEach
    void nothingIsLeft() {
        assertThat(TAKEN).isEmpty();
        EVER.clear();
        assertThat(leftBy(ParallelCases.class)).isEmpty();
        assertThat(leftInPools()).isEmpty();
    }

    /** Nobody else may have it while it is had here. */
    static void have(IsolatedEnvironment environment, boolean marked) {
        String name = environment.name();
        String stack = environment.spec().stack().orElseThrow();
        assertThat(TAKEN.add("environment " + name)).as(name).isTrue();
        assertThat(TAKEN.add("network " + stack)).as(stack).isTrue();
        EVER.add(name);
        if (marked) {
            assertThat(environment
                            .exec("sh", "-c", "test ! -e mark && touch mark")
                            .succeeded())
                    .isTrue();
        }
        TAKEN.remove("environment " + name);
        TAKEN.remove("network " + stack);
    }

    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class OwnForEach {
        @Environment
        final EnvironmentSpec worker = Samples.says("working");

        @RepeatedTest(8)
        void hasItForItself(IsolatedEnvironment worker) {
            have(worker, true);
        }
    }

    @Test
    @DisplayName("in parallel: each test has its own environment and network")
    void ownForEach() {
        succeed(8, PARALLEL, OwnForEach.class);

        assertThat(EVER).hasSize(8);
    }

    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class FromAPool {
        @Environment(name = "junit-pooled", pool = 2)
        final EnvironmentSpec worker = Samples.says("working");

        @Environment
        final EnvironmentSpec beside = Samples.says("beside");

        @RepeatedTest(6)
        void claims(@From("junit-pooled") IsolatedEnvironment pooled, @From("beside") IsolatedEnvironment beside) {
            assertThat(beside.spec().stack()).isEqualTo(pooled.spec().stack());
            have(pooled, true);
        }
    }

    @Test
    @DisplayName("a pool: what was used is replaced, and what else a test has is in the same network")
    void fromAPool() {
        succeed(6, PARALLEL, FromAPool.class);

        assertThat(EVER).hasSize(6);
    }

    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class PutBackInAPool {
        @Environment(name = "junit-pooled", pool = 2, reset = Reset.SNAPSHOT)
        final EnvironmentSpec worker = Samples.says("working");

        @RepeatedTest(6)
        void findsNoMark(IsolatedEnvironment pooled) {
            have(pooled, true);
        }
    }

    @Test
    @DisplayName("a pool that puts back: two environments serve six tests, none finds what another left")
    void putBackInAPool() {
        succeed(6, PARALLEL, PutBackInAPool.class);

        assertThat(EVER).hasSizeLessThanOrEqualTo(2);
    }

    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    static class SharedAndPutBack {
        @Environment(reset = Reset.SNAPSHOT)
        static final EnvironmentSpec SHARED = Samples.says("shared");

        @Test
        void first() {}

        @Test
        void second() {}
    }

    @CofferdamTest
    @Execution(ExecutionMode.CONCURRENT)
    @TestInstance(TestInstance.Lifecycle.PER_CLASS)
    static class OneFieldForAll {
        @Environment(scope = Scope.METHOD)
        static final EnvironmentSpec EACH = Samples.says("each");

        @From
        IsolatedEnvironment injected;

        @Test
        void test() {}
    }

    @Test
    @DisplayName("what tests that run at the same time would take from each other is refused, with what to do")
    void refused() {
        assertThat(failures(run(PARALLEL, SharedAndPutBack.class)))
                .hasSize(2)
                .allSatisfy(failure -> assertThat(failure).hasMessageContaining("a pool"));
        assertThat(failure(run(PARALLEL, OneFieldForAll.class))).hasMessageContaining("inject parameters");
        succeed(2, SharedAndPutBack.class);
    }

    @CofferdamTest
    static class PutBackBetween {
        @Environment(reset = Reset.SNAPSHOT)
        static final EnvironmentSpec SHARED = Samples.says("shared");

        @From
        static IsolatedEnvironment injected;

        @RepeatedTest(3)
        void findsNoMark() {
            have(injected, true);
        }
    }

    @Test
    @DisplayName("one after the other: an environment of the class goes back to its snapshot before each test")
    void putBackBetween() {
        succeed(3, PutBackBetween.class);

        assertThat(EVER).hasSize(1);
    }
}
