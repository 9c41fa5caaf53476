/**
 * An engine and how to find it: {@link io.cofferdam.engine.Orchestrator} is the API of one open engine,
 * {@link io.cofferdam.engine.OrchestratorProvider} what a back end registers with {@link java.util.ServiceLoader}. Start
 * reading at {@code Orchestrator}. Looks at environments, resources, events and errors.
 */
@NullMarked
package io.cofferdam.engine;

import org.jspecify.annotations.NullMarked;
