/**
 * What a back end implements, and the orchestrator built on it. A back end is an {@link io.cofferdam.driver.EngineDriver}:
 * each method is one engine operation. Everything that is the same on every engine is done here, once: waiting until
 * ready, health checks and restarts where the engine has none of its own, stacks, updates, lifetimes, batches, events.
 * Start reading at {@code EngineDriver}, then {@link io.cofferdam.driver.DrivenOrchestrator}.
 */
@NullMarked
package io.cofferdam.driver;

import org.jspecify.annotations.NullMarked;
