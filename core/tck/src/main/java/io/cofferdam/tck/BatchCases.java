package io.cofferdam.tck;

import static io.cofferdam.environment.EnvironmentState.EXITED;
import static io.cofferdam.environment.EnvironmentState.RUNNING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.BatchResult.Outcome;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StartFailedException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The same operation on several environments. */
abstract class BatchCases extends Cases {

    @Test
    @DisplayName("select by label: start, stop, restart and remove each, with an outcome for each by name")
    void byLabel() {
        create("c", "a", "b");
        environments().create(shell("other", IDLE).label("group", "other").build());

        BatchResult started = environments().select(mine().and("group", "one")).start();

        assertThat(started.outcomes()).extracting(Outcome::name).containsExactly(name("a"), name("b"), name("c"));
        assertThat(started.succeeded()).isTrue();
        assertThat(environments().statuses(mine().and("group", "one")))
                .extracting(EnvironmentStatus::state)
                .containsOnly(RUNNING);
        environments().select(mine().and("group", "one")).restart().orThrow();
        environments().select(mine().and("group", "one")).stop().orThrow();
        assertThat(environments().statuses(mine().and("group", "one")))
                .extracting(EnvironmentStatus::state)
                .containsOnly(EXITED);
        environments().select(mine().and("group", "one")).remove().orThrow();
        assertThat(names(environments().statuses(mine()))).containsExactly(name("other"));
    }

    @Test
    @DisplayName("select by name: a name that does not exist is a failure of its own")
    void byName() {
        create("a", "b");

        BatchResult result = environments()
                .select(List.of(name("b"), name("nobody"), name("a")))
                .start();

        assertThat(result.outcomes())
                .extracting(Outcome::name)
                .containsExactlyInAnyOrder(name("a"), name("b"), name("nobody"));
        assertThat(result.succeeded()).isFalse();
        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.name()).isEqualTo(name("nobody"));
            assertThat(failure.failure()).containsInstanceOf(NotFoundException.class);
        });
        assertThat(environments().statuses(mine()))
                .extracting(EnvironmentStatus::state)
                .containsExactly(RUNNING, RUNNING);
    }

    @Test
    @DisplayName("a failure of one does not touch the others")
    void oneFails() {
        create("a", "b");
        environments()
                .create(shell("broken", "echo broken; exit 1")
                        .readyWhen(Readiness.log("never"))
                        .build());

        BatchResult result = environments().select(mine()).start();

        assertThat(result.failures()).singleElement().satisfies(failure -> {
            assertThat(failure.name()).isEqualTo(name("broken"));
            assertThat(failure.failure()).containsInstanceOf(StartFailedException.class);
        });
        assertThatThrownBy(result::orThrow)
                .isInstanceOf(CofferdamException.class)
                .hasMessageContaining(name("broken"));
        assertThat(environments().get(name("a")).status().state()).isEqualTo(RUNNING);
        assertThat(environments().get(name("b")).status().state()).isEqualTo(RUNNING);
    }

    @Test
    @DisplayName("select: an empty batch succeeds")
    void empty() {
        BatchResult result = environments().select(mine()).remove();

        assertThat(result.outcomes()).isEmpty();
        assertThat(result.succeeded()).isTrue();
        result.orThrow();
    }

    @Test
    @DisplayName("each: runs in parallel")
    void inParallel() {
        create("a", "b");
        CountDownLatch both = new CountDownLatch(2);

        BatchResult result = environments().select(mine()).each(environment -> {
            both.countDown();
            try {
                both.await();
            } catch (InterruptedException e) {
                throw new CofferdamException("interrupted", e);
            }
        });

        assertThat(result.succeeded()).isTrue();
    }

    @Test
    @DisplayName("each: an interrupt ends the batch and what is under way")
    void interrupt() {
        create("a", "b");
        CountDownLatch begun = new CountDownLatch(2);
        Running<Boolean> batch = begin(() -> {
            assertThatThrownBy(() -> environments().select(mine()).each(environment -> {
                        environment.start();
                        begun.countDown();
                        environment.awaitExit(patience());
                    }))
                    .isInstanceOf(OperationInterruptedException.class);
            return Thread.currentThread().isInterrupted();
        });
        eventually("both are under way", () -> begun.getCount() == 0);

        batch.interrupt();

        assertThat(batch.result()).isTrue();
    }

    private void create(String... words) {
        for (String word : words) {
            environments()
                    .create(shell(word, IDLE)
                            .label("group", "one")
                            .readyWhen(Readiness.running())
                            .build());
        }
    }
}
