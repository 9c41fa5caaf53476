package io.cofferdam.examples.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.cofferdam.examples.chaos.Controller.Work;
import io.cofferdam.examples.chaos.ControllerKills.Point;
import io.cofferdam.examples.shop.ShopCopy;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeploymentChaosOnProcessTest {

    @TempDir
    private Path folder;

    @Test
    void deploymentsComeToTheirEndThoughTheirControllersDie() throws Exception {
        ControllerKills kills = new ControllerKills("process", "unused", folder);

        for (Point point : List.of(
                new Point("rolling", Work.GOOD, 5, true),
                new Point("canary", Work.GOOD, 12, false),
                new Point("blue-green", Work.BAD, 16, false),
                new Point("recreate", Work.REMOVE, 4, true))) {
            ControllerKills.Outcome outcome = kills.kill(point);

            assertThat(outcome.died()).as(point.toString()).isTrue();
            assertThat(outcome.problems()).as(point.toString()).isEmpty();
        }
    }

    @Test
    void theFormerReleaseIsBackAfterBadOnes() throws Exception {
        List<BadReleases.Outcome> outcomes = new BadReleases("process", "unused", folder).run(2, outcome -> {});

        assertThat(outcomes)
                .hasSize(2)
                .allSatisfy(outcome -> assertThat(outcome.problems())
                        .as("%s by %s", outcome.fault(), outcome.strategy())
                        .isEmpty())
                .allSatisfy(outcome -> assertThat(outcome.looks()).isPositive());
    }

    @Test
    void anOwnerThatWasStoppedPastItsLeaseWritesNothingMore() throws Exception {
        List<TwoControllers.Outcome> outcomes =
                new TwoControllers("process", "unused", folder, true).run(1, outcome -> {});

        assertThat(outcomes)
                .hasSize(1)
                .allSatisfy(outcome -> assertThat(outcome.problems()).isEmpty());
    }

    @Test
    void requestsFlowWhileReleasesAreSwitchedRolledAndTakenBack() throws Exception {
        List<ShopUnderLoad.Move> moves = ShopUnderLoadCommand.moves(1, 1, 1);

        ShopUnderLoad.Result result = new ShopUnderLoad(
                        "process", "gateway", "unused", ShopCopy.in(folder.resolve("shop")), folder)
                .run(moves, 20, 100, moved -> {});

        assertThat(result.report().failures()).isEmpty();
        assertThat(result.report().versions().keySet()).contains("1", "2");
        assertThat(result.late()).isZero();
        assertThat(result.moves())
                .hasSize(3)
                .allSatisfy(moved -> assertThat(moved.created()).isZero());
    }

    @Test
    void movesAreMixedEvenly() {
        assertThat(ShopUnderLoadCommand.moves(1, 2, 0))
                .containsExactly(ShopUnderLoad.Move.SWITCH, ShopUnderLoad.Move.ROLL, ShopUnderLoad.Move.SWITCH);
    }
}
