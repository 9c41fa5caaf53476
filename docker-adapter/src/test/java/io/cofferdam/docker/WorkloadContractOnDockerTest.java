package io.cofferdam.docker;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.Programs;
import io.cofferdam.tck.WorkloadContract;

/** Workloads on Docker hold to the contract, on a real engine. */
@OnDocker
class WorkloadContractOnDockerTest extends WorkloadContract {

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
