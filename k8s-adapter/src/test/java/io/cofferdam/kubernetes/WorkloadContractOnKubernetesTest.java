package io.cofferdam.kubernetes;

import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.WorkloadContract;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Workloads on Kubernetes hold to the contract, on a real cluster. */
@OnKubernetes
@Execution(ExecutionMode.CONCURRENT)
class WorkloadContractOnKubernetesTest extends WorkloadContract {

    @Override
    protected EngineUnderTest engineUnderTest() {
        return new ClusterUnderTest(OnKubernetes.CONFIG);
    }
}
