package io.cofferdam.tck;

import io.cofferdam.pipeline.RunStore;

class RunStoreInMemoryTest extends RunStoreContract {

    @Override
    RunStore open() {
        return RunStore.inMemory();
    }
}
