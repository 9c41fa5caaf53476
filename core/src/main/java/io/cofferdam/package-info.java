/**
 * The front door: {@link io.cofferdam.Cofferdam} finds the engines there are and opens one. Start reading here, go on
 * with {@link io.cofferdam.engine.Orchestrator} and {@link io.cofferdam.environment.EnvironmentSpec}. Looks at every room.
 */
@NullMarked
package io.cofferdam;

import org.jspecify.annotations.NullMarked;
