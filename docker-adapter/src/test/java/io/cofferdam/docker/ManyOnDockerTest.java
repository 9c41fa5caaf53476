package io.cofferdam.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.Batch;
import io.cofferdam.environment.BatchResult;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.LogFollower;
import io.cofferdam.environment.LogQuery;
import io.cofferdam.environment.Readiness;
import io.cofferdam.error.NotReadyException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.StartFailedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many environments and many streams of one engine at once. */
@OnDocker
@Timeout(240)
class ManyOnDockerTest {

    private static final int STARTS = 32;
    private static final int FOLLOWERS = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final String run = "m" + UUID.randomUUID().toString().substring(0, 8);
    private final LabelSelector mine = LabelSelector.of("run", run);
    private final Orchestrator engine =
            new DockerProvider().open(EngineConfig.builder().parallelism(STARTS).build());

    @AfterEach
    void nothingIsLeft() {
        engine.environments().select(mine).remove().orThrow();
        assertThat(engine.environments().list(mine)).isEmpty();
        engine.close();
    }

    private EnvironmentSpec.Builder spec(String name, String script) {
        return EnvironmentSpec.image(Docker.BUSYBOX)
                .name(run + "-" + name)
                .label("run", run)
                .withCommand("sh", "-c", script)
                .stopGrace(Duration.ZERO)
                .startTimeout(PATIENCE);
    }

    @Test
    @DisplayName("of 32 starts at once one fails: the others are called off, and nothing runs afterwards")
    void siblingsAreCancelled() {
        for (int i = 0; i < STARTS - 1; i++) {
            // None of them is ever ready, so whatever ends its start is not the start itself.
            engine.environments()
                    .create(spec("waits-" + i, "exec sleep 600")
                            .readyWhen(Readiness.log("never"))
                            .build());
        }
        engine.environments()
                .create(spec("fails", "sleep 1; exit 3")
                        .readyWhen(Readiness.log("never"))
                        .build());
        Batch batch = engine.environments().select(mine).cancellingSiblings();

        BatchResult result = batch.start();

        assertThat(result.outcomes()).hasSize(STARTS).noneMatch(BatchResult.Outcome::succeeded);
        for (BatchResult.Outcome outcome : result.outcomes()) {
            if (outcome.name().endsWith("-fails")) {
                assertThat(outcome.error())
                        .isInstanceOf(StartFailedException.class)
                        .hasMessageContaining("exit code 3");
            } else {
                assertThat(outcome.error())
                        .isInstanceOf(OperationInterruptedException.class)
                        .hasMessageContaining("called off because '" + run + "-fails' failed");
            }
        }
        assertThat(engine.environments().statuses(mine))
                .hasSize(STARTS)
                .noneMatch(status -> status.state() == EnvironmentState.RUNNING);
    }

    @Test
    @DisplayName("two hundred followers get their lines, and calls are answered meanwhile")
    void manyFollowers() throws Exception {
        List<IsolatedEnvironment> sources = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            sources.add(engine.environments()
                    .run(spec("source-" + i, "while :; do echo a line; sleep 0.2; done")
                            .readyWhen(Readiness.running())
                            .build()));
        }
        Map<Integer, LongAdder> heard = new ConcurrentHashMap<>();
        List<LogFollower> followers = new ArrayList<>();
        try {
            for (int i = 0; i < FOLLOWERS; i++) {
                LongAdder count = new LongAdder();
                heard.put(i, count);
                followers.add(sources.get(i % sources.size()).follow(LogQuery.all(), line -> count.increment()));
            }
            Eventually.holds(() -> heard.values().stream().allMatch(count -> count.sum() > 0));

            for (IsolatedEnvironment source : sources) {
                assertThat(source.status().state()).isEqualTo(EnvironmentState.RUNNING);
                assertThat(source.exec("echo", "well").stdout()).isEqualTo("well\n");
            }
            IsolatedEnvironment another = engine.environments()
                    .run(spec("another", "exec sleep 600")
                            .readyWhen(Readiness.running())
                            .build());
            another.remove();
        } finally {
            followers.forEach(LogFollower::close);
        }
    }

    @Test
    @DisplayName("a port of an image without a shell is waited for, and one that nothing in it listens on is told")
    void portWithoutShell() {
        IsolatedEnvironment listening = engine.environments().run(bare("listens", 8080));
        IsolatedEnvironment silent = engine.environments().create(bare("silent", 8081));

        assertThat(listening.status().state()).isEqualTo(EnvironmentState.RUNNING);
        assertThatThrownBy(() -> silent.start(Duration.ofSeconds(3)))
                .isInstanceOf(NotReadyException.class)
                .hasMessageContaining("port 8081");
    }

    private EnvironmentSpec bare(String name, int port) {
        return EnvironmentSpec.image("cofferdam-test/noshell:1")
                .name(run + "-" + name)
                .label("run", run)
                .port(port)
                .readyWhen(Readiness.port(port))
                .startTimeout(PATIENCE)
                .build();
    }
}
