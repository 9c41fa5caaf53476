package io.cofferdam.junit;

import io.cofferdam.environment.IsolatedEnvironment;

/** How software forgets its data without a restart. Both may throw whatever goes wrong. */
interface DataReset {

    /** Called once, when the environment is ready for the first time. */
    void remember(IsolatedEnvironment environment, ConnectionDetails connection) throws Exception;

    /** Puts back what there was then. */
    void putBack(IsolatedEnvironment environment, ConnectionDetails connection) throws Exception;
}
