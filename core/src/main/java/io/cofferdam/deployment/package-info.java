/**
 * How an application gets from one release to the next: start at {@link io.cofferdam.deployment.Strategies}, whose pure planners
 * turn a {@link io.cofferdam.deployment.Situation} into a {@link io.cofferdam.deployment.Plan}. The engine that carries plans
 * out is not there yet; {@link io.cofferdam.deployment.Deployment}, the handle to one deployment, is an outline. Looks at
 * engines and workloads.
 */
@NullMarked
package io.cofferdam.deployment;

import org.jspecify.annotations.NullMarked;
