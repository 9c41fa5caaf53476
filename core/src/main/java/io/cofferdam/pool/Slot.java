package io.cofferdam.pool;

import io.cofferdam.environment.IsolatedEnvironment;

/** One environment of a pool. Its state is guarded by the lock of the {@link Stock}. */
final class Slot {

    enum State {
        READY,
        /** Handed to a claimer who has not looked at it yet. */
        CHECKING,
        LEASED,
        /** Being reset or removed. */
        LEAVING
    }

    private final IsolatedEnvironment environment;
    State state = State.READY;

    Slot(IsolatedEnvironment environment) {
        this.environment = environment;
    }

    IsolatedEnvironment environment() {
        return environment;
    }
}
