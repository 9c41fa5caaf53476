/**
 * The contract tests that a back end passes to be called one. Whoever writes a back end extends
 * {@link io.cofferdam.tck.EnvironmentContract} in the tests of it and supplies an
 * {@link io.cofferdam.tck.EngineUnderTest}; nothing else is needed. Start reading there. Whoever writes a store of deployments
 * extends {@link io.cofferdam.tck.DeploymentStoreContract}. Looks at the public API only.
 */
@NullMarked
package io.cofferdam.tck;

import org.jspecify.annotations.NullMarked;
