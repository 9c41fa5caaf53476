package io.cofferdam.docker;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.EnvironmentContract;
import io.cofferdam.tck.Programs;

/** Docker is a back end: it passes the contract tests on a real engine. */
@OnDocker
class ContractOnDockerTest extends EnvironmentContract {

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
