/**
 * How an application gets from one release to the next: start at {@link io.cofferdam.deployment.DeploymentEngine}. Strategies
 * are pure planners ({@link io.cofferdam.deployment.Strategies}) that turn a {@link io.cofferdam.deployment.Situation} into a
 * {@link io.cofferdam.deployment.Plan}; the engine carries plans out step by step, writes each step down before and after in a
 * {@link io.cofferdam.deployment.DeploymentStore}, and plans anew from what it observes whenever the world is not as it was: after
 * a failure, a crash, a cancel. Looks at engines, workloads and traffic.
 */
@NullMarked
package io.cofferdam.deployment;

import org.jspecify.annotations.NullMarked;
