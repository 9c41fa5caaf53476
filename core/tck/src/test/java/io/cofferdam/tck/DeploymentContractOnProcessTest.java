package io.cofferdam.tck;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.OrchestratorProvider;
import java.nio.file.Path;
import java.util.ServiceLoader;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;

/** Deployments on the embedded back end hold to the contract. */
@DisplayName("contract of deployments on the process engine")
class DeploymentContractOnProcessTest extends DeploymentContract {

    @TempDir
    private static Path state;

    @Override
    protected EngineUnderTest engineUnderTest() {
        EngineConfig config = EngineConfig.builder().stateDirectory(state).build();
        OrchestratorProvider processes = ServiceLoader.load(OrchestratorProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(provider -> provider.name().equals(Cofferdam.PROCESS))
                .findFirst()
                .orElseThrow();
        return new EngineUnderTest() {
            @Override
            public OrchestratorProvider provider() {
                return processes;
            }

            @Override
            public EngineConfig config() {
                return config;
            }

            @Override
            public Programs programs() {
                return Programs.onHost();
            }
        };
    }
}
