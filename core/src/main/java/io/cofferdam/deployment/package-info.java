/**
 * How an application gets from one release to the next: start at {@link io.cofferdam.deployment.Strategy}, a pure planner, and
 * {@link io.cofferdam.deployment.Deployment}, the handle to one deployment. An outline so far: the engine that carries plans
 * out is not there yet. Looks at engines and workloads.
 */
@NullMarked
package io.cofferdam.deployment;

import org.jspecify.annotations.NullMarked;
