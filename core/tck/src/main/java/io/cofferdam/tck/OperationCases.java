package io.cofferdam.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cofferdam.deployment.CanaryStep;
import io.cofferdam.deployment.DeployOptions;
import io.cofferdam.deployment.Deployment;
import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEventType;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.deployment.DeploymentStatus;
import io.cofferdam.deployment.StrategySettings;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.WrongStateException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Operations on projects, services and instances; other controllers. */
abstract class OperationCases extends DeploymentCases {

    @Test
    @DisplayName("scale: up and down, without touching what stays")
    void scale() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");

        DeploymentRecord up =
                deployments().scale(project(), Map.of("web", 4), ROLLING).await(patience());
        assertThat(up.status()).as(up.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(units("web")).hasSize(4).containsAllEntriesOf(before);
        deployments().scale(project(), Map.of("web", 0), ROLLING).await(patience());
        assertThat(instances("web")).isEmpty();
        deployments().scale(project(), Map.of("web", 1), ROLLING).await(patience());
        assertThat(instances("web")).hasSize(1);
        assertThatThrownBy(() -> deployments().scale(project(), Map.of("wbe", 1), ROLLING))
                .isInstanceOf(InvalidInputException.class)
                .hasMessageContaining("wbe");
    }

    @Test
    @DisplayName("scale: refused while a deployment is under way")
    void scaleMeanwhile() {
        bringWell(shop("1", WELL));
        Deployment deployment = deployments().deploy(shop("2", IDLE), ROLLING);
        await(deployment, record -> types(deployment).contains(DeploymentEventType.INSTANCE_STARTED));

        assertThatThrownBy(() -> deployments().scale(project(), Map.of("web", 4), ROLLING))
                .isInstanceOf(WrongStateException.class);
        deployment.cancel();
        deployment.await(patience());
    }

    @Test
    @DisplayName("remove: instances and networks go, the history stays, and the project can be deployed again")
    void remove() {
        bringWell(shop("1", WELL));

        DeploymentRecord record = deployments().remove(project(), true, ROLLING).await(patience());

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(deployments().instances(project())).isEmpty();
        assertThat(deployments().stable(project())).isEmpty();
        assertThat(deployments().history(project(), Long.MAX_VALUE, 10)).hasSize(2);
        bringWell(shop("1", WELL));
    }

    @Test
    @DisplayName("stop and start: a project, a service, one instance; the same units afterwards")
    void stopAndStart() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");
        String one = instances("web").get(0).name();

        deployments().stop(project(), one, patience());
        assertThat(stopped("web")).containsExactly(one);
        deployments().stop(project(), "web", patience());
        assertThat(stopped("web")).hasSize(2);
        assertThat(stopped("api")).isEmpty();
        deployments().stop(project(), "", patience());
        assertThat(stopped("api")).hasSize(1);
        deployments().start(project(), "", patience());

        assertThat(stopped("web")).isEmpty();
        assertThat(stopped("api")).isEmpty();
        assertThat(units("web")).isEqualTo(before);
        assertThatThrownBy(() -> deployments().stop(project(), "wbe", patience()))
                .isInstanceOf(NotFoundException.class)
                .hasMessageContaining(one);
    }

    private List<String> stopped(String service) {
        return instances(service).stream()
                .filter(instance -> instance.environment().state() != EnvironmentState.RUNNING)
                .map(instance -> instance.name())
                .toList();
    }

    @Test
    @DisplayName("restart: each instance of a service is started anew, and is ready afterwards")
    void restart() {
        bringWell(shop("1", WELL));

        deployments().restart(project(), "web", patience());

        assertThat(instances("web")).hasSize(2).allSatisfy(one -> {
            assertThat(environments().get(one.name()).logs().stream()
                            .filter(line -> line.text().equals("web 1")))
                    .hasSize(2);
        });
    }

    @Test
    @DisplayName("what somebody else removed or killed is there again after the next deployment of the same release")
    void mending() {
        bringWell(shop("1", WELL));
        environments().get(instances("web").get(0).name()).remove();
        environments().get(instances("web").get(0).name()).stop();

        bringWell(shop("1", WELL));

        assertThat(instances("web")).hasSize(2).allMatch(one -> one.instance().isAvailable());
    }

    @Test
    @DisplayName("pause and resume: nothing new begins in between")
    void pauseAndResume() {
        bringWell(shop("1", WELL));
        Deployment deployment = deployments()
                .deploy(
                        shop("2", WELL),
                        DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(50, null)))));
        await(deployment, record -> record.status() == DeploymentStatus.PAUSED);

        deployment.pause();
        await(deployment, record -> record.message().contains("resume it"));
        deployment.resume();
        await(deployment, record -> record.message().contains("promoted"));
        deployment.promote();

        assertThat(deployment.await(patience()).status()).isEqualTo(DeploymentStatus.COMPLETED);
    }

    @Test
    @DisplayName("another controller takes up what a closed one left, on an orchestrator of its own")
    void takenUp() {
        bringWell(shop("1", WELL));
        Deployment left = deployments()
                .deploy(
                        shop("2", WELL),
                        DeployOptions.with(StrategySettings.canary(List.of(new CanaryStep(50, null)))));
        await(left, record -> record.status() == DeploymentStatus.PAUSED);
        deployments().close();

        DeploymentEngine next = open(another());
        Deployment taken = next.find(left.id()).orElseThrow();
        taken.promote();

        assertThat(taken.await(patience()).status()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(next.instances(project()).stream()
                        .filter(one -> one.instance().service().equals("web")))
                .hasSize(2)
                .allMatch(one -> one.deployment().equals(left.id()));
        next.remove(project(), true, ROLLING).await(patience());
    }

    @Test
    @DisplayName("two controllers on one store: the one without the project hands its wishes to the other")
    void twoControllers() {
        bringWell(shop("1", WELL));
        DeploymentEngine other = open(another());

        DeploymentRecord record = other.deploy(shop("2", WELL), ROLLING).await(patience());

        assertThat(record.status()).as(record.message()).isEqualTo(DeploymentStatus.COMPLETED);
        assertThat(versions("web")).containsExactly("2", "2");
    }

    @Test
    @DisplayName("two projects do not touch each other")
    void twoProjects() {
        bringWell(shop("1", WELL));
        Map<String, String> before = units("web");
        String other = name("other");
        deployments()
                .deploy(
                        application(other)
                                .version("1")
                                .service(checked("web", "1", WELL))
                                .build(),
                        ROLLING)
                .await(patience());

        deployments().remove(other, true, ROLLING).await(patience());

        assertThat(units("web")).isEqualTo(before);
        assertThat(deployments().instances(other)).isEmpty();
    }
}
