package io.cofferdam.kubernetes;

import io.cofferdam.tck.EngineUnderTest;
import io.cofferdam.tck.EnvironmentContract;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Kubernetes is a back end: it passes the contract tests on a real cluster. */
@OnKubernetes
@Execution(ExecutionMode.CONCURRENT)
class ContractOnKubernetesTest extends EnvironmentContract {

    @Override
    protected EngineUnderTest engineUnderTest() {
        return new ClusterUnderTest(OnKubernetes.CONFIG);
    }
}
