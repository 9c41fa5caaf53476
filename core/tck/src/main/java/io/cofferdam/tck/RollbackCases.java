package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.application.Application;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.Content;
import io.cofferdam.application.FileReference;
import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentKind;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.FailureAction;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.error.NotFoundException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bad releases, rollbacks, and what calls a deployment off. */
abstract class RollbackCases extends DeploymentCases {

    private static final String CRASH = "echo broken; exit 7";

    @ParameterizedTest
    @ValueSource(strings = {"recreate", "rolling", "blue-green", "canary"})
    @DisplayName("a release that crashes is rolled back, whatever the strategy")
    void crash(String strategy) {
        bringWell(shop("1", WELL));
        Map<String, String> api = units("api");

        DeploymentRecord record = bring(shop("2", CRASH), DeployOptions.with(StrategySettings.named(strategy)));

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(record.message()).contains("7");
        assertThat(record.restoredVersion()).contains("1");
        assertThat(record.isStable()).isFalse();
        assertThat(versions("web")).containsExactly("1", "1");
        assertThat(instances("web")).allMatch(one -> one.instance().isAvailable());
        assertThat(units("api")).isEqualTo(api);
        assertThat(types(record))
                .containsSubsequence(
                        DeploymentEventType.FAILED,
                        DeploymentEventType.ROLLBACK_STARTED,
                        DeploymentEventType.ROLLBACK_COMPLETED);
    }

    @Test
    @DisplayName("rolling: what served before a bad release is never touched by it")
    void whatServedGoesOnServing() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");

        bring(shop("2", CRASH), ROLLING);

        assertThat(units("web")).isEqualTo(before);
    }

    @Test
    @DisplayName("a release that is never healthy is rolled back at the progress deadline")
    void neverHealthy() {
        bringWell(shop("1", WELL));

        DeploymentRecord record = bring(shop("2", IDLE), ROLLING.progressDeadline(Duration.ofSeconds(2)));

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(versions("web")).containsExactly("1", "1");
    }

    @Test
    @DisplayName("a program that is not there is rolled back")
    void missingProgram() {
        bringWell(shop("1", WELL));
        Application broken = shop("2", WELL).toBuilder()
                .change("web", web -> web.command("no-such-program-here"))
                .build();

        DeploymentRecord record = bring(broken, ROLLING);

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(versions("web")).containsExactly("1", "1");
    }

    @Test
    @DisplayName("a bad service leaves those that depend on it as they were")
    void badDependency() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");
        Application broken = application()
                .version("2")
                .service(checked("api", "2", CRASH))
                .service(checked("web", "2", WELL).replicas(2).dependsOn("api"))
                .build();

        DeploymentRecord record = bring(broken, ROLLING);

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(units("web")).isEqualTo(before);
        assertThat(versions("api")).containsExactly("same");
    }

    @Test
    @DisplayName("a first release that fails says why, is left to look at, and is mended by the next one")
    void firstFails() {
        DeploymentRecord record = bring(shop("1", CRASH), ROLLING);

        assertThat(record.status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(record.message()).contains("no release that was stable");
        bringWell(shop("2", WELL));
        assertThat(versions("web")).containsExactly("2", "2");
    }

    @Test
    @DisplayName("onFailure stop: it ends as failed, and what served goes on serving")
    void stop() {
        bringWell(shop("1", WELL));

        DeploymentRecord record = bring(shop("2", CRASH), ROLLING.onFailure(FailureAction.STOP));

        assertThat(record.status()).isEqualTo(DeploymentStatus.FAILED);
        assertThat(instances("web"))
                .filteredOn(one -> one.instance().isAvailable())
                .hasSize(2);
    }

    @Test
    @DisplayName("onFailure pause: it waits, and is called off")
    void pause() {
        bringWell(shop("1", WELL));
        Deployment deployment = deployments().deploy(shop("2", CRASH), ROLLING.onFailure(FailureAction.PAUSE));
        await(deployment, record -> record.status() == DeploymentStatus.PAUSED);

        deployment.cancel();

        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(versions("web")).containsExactly("1", "1");
    }

    @Test
    @DisplayName("cancel: the stable release is restored, and waits are cut short")
    void cancel() {
        bringWell(shop("1", WELL));
        Deployment deployment = deployments().deploy(shop("2", IDLE), ROLLING);
        await(deployment, record -> types(deployment).contains(DeploymentEventType.INSTANCE_STARTED));

        deployment.cancel();

        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(versions("web")).containsExactly("1", "1");
        deployment.cancel();
        assertThat(deployment.status()).isEqualTo(DeploymentStatus.CANCELLED);
    }

    @Test
    @DisplayName("cancel: of a first release removes what it started")
    void cancelFirst() {
        Deployment deployment = deployments().deploy(shop("1", IDLE), ROLLING);
        await(deployment, record -> types(deployment).contains(DeploymentEventType.INSTANCE_STARTED));

        deployment.cancel();

        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(deployments().instances(project())).isEmpty();
    }

    @Test
    @DisplayName("abort: of a canary removes the new instances and keeps all old ones")
    void abort() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");
        Deployment deployment = deployments()
                .deploy(
                        shop("2", WELL),
                        DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(50, null)))));
        await(deployment, record -> record.status() == DeploymentStatus.PAUSED);

        deployment.abort();

        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.CANCELLED);
        assertThat(units("web")).isEqualTo(before);
    }

    @Test
    @DisplayName("supersede: a newer deployment takes the place of the one under way")
    void supersede() {
        bringWell(shop("1", WELL));
        Deployment second = deployments().deploy(shop("2", IDLE), ROLLING);
        await(second, record -> types(second).contains(DeploymentEventType.INSTANCE_STARTED));

        DeploymentRecord third = bring(shop("3", CRASH), ROLLING);

        assertThat(second.await(patience()).status()).isEqualTo(DeploymentStatus.SUPERSEDED);
        assertThat(third.status()).isEqualTo(DeploymentStatus.ROLLED_BACK);
        assertThat(third.restoredVersion()).contains("1");
        assertThat(versions("web")).containsExactly("1", "1");
    }

    @Test
    @DisplayName("rollback by hand: to the release before, with its configuration as it was, and to any by its version")
    void byHand() {
        bringWell(configured("1", "colour=blue"));
        bringWell(configured("2", "colour=green"));

        DeploymentRecord record = deployments().rollback(project(), ROLLING).await(patience());

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(record.kind()).isEqualTo(DeploymentKind.ROLLBACK);
        assertThat(versions("web")).containsExactly("1");
        assertThat(deployments().stable(project()).orElseThrow().configs().values())
                .extracting(config -> new String(config.content().bytes(), StandardCharsets.UTF_8))
                .containsExactly("colour=blue");
        deployments().rollback(project(), "2", ROLLING).await(patience());
        assertThat(versions("web")).containsExactly("2");
        assertThatThrownBy(() -> deployments().rollback(project(), "9", ROLLING))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("9");
    }

    private Application configured(String version, String settings) {
        return application()
                .version(version)
                .config(new ConfigDefinition("settings", Content.text(settings), Map.of()))
                .service(checked("web", version, WELL).config(FileReference.toConfig("settings")))
                .build();
    }

    @Test
    @DisplayName("rollback by hand: without a release to go back to is refused")
    void nothingToGoBackTo() {
        assertThatThrownBy(() -> deployments().rollback(project(), ROLLING)).isInstanceOf(NotFoundException.class);
        bringWell(shop("1", WELL));
        assertThatThrownBy(() -> deployments().rollback(project(), ROLLING))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining("before version 1");
    }
}
