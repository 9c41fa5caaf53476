/**
 * One isolated unit of software: what it is to be ({@link io.cofferdam.environment.EnvironmentSpec}), the handle to it
 * ({@link io.cofferdam.environment.IsolatedEnvironment}) and the values all back ends share: ports, mounts, limits,
 * labels, health, logs, exec. Start reading at {@link io.cofferdam.environment.Environments}. Looks at events and errors.
 */
@NullMarked
package io.cofferdam.environment;

import org.jspecify.annotations.NullMarked;
