/**
 * Environments that are kept ready to be claimed. Start at {@link io.cofferdam.pool.EnvironmentPool}; it is built on
 * {@link io.cofferdam.engine.Orchestrator} alone and runs on every engine.
 */
@NullMarked
package io.cofferdam.pool;

import org.jspecify.annotations.NullMarked;
