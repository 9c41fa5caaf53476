package io.cofferdam.tck;

import io.cofferdam.deployment.DeploymentStore;

class StoreContractInMemoryTest extends DeploymentStoreContract {

    @Override
    protected DeploymentStore open() {
        return DeploymentStore.inMemory();
    }
}
