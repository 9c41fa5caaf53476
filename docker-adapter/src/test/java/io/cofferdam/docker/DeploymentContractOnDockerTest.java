package io.cofferdam.docker;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.tck.DeploymentContract;
import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.Programs;

/** Deployments on Docker hold to the contract, on a real engine. */
@OnDocker
class DeploymentContractOnDockerTest extends DeploymentContract {

    @Override
    protected EngineUnderTest engineUnderTest() {
        return new EngineUnderTest() {
            @Override
            public OrchestratorProvider provider() {
                return new DockerProvider();
            }

            @Override
            public EngineConfig config() {
                return EngineConfig.defaults();
            }

            @Override
            public Programs programs() {
                return Programs.inImage("cofferdam-test/busybox:1");
            }
        };
    }
}
