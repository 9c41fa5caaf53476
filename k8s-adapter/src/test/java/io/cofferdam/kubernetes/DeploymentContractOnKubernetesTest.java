package io.cofferdam.kubernetes;

import io.cofferdam.tck.DeploymentContract;
import io.cofferdam.tck.EngineUnderTest;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Deployments on Kubernetes hold to the contract, on a real cluster. */
@OnKubernetes
@Execution(ExecutionMode.CONCURRENT)
class DeploymentContractOnKubernetesTest extends DeploymentContract {

    @Override
    protected EngineUnderTest engineUnderTest() {
        return new ClusterUnderTest(OnKubernetes.CONFIG);
    }
}
