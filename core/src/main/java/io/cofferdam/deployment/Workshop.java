package io.cofferdam.deployment;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.workload.Workloads;

/**
 * What the deployments of one project are carried out with.
 *
 * @param workloads the instances
 * @param observation looks at those of the project
 * @param traffic the project's routes
 * @param checks whether new instances answer
 * @param threads where steps run
 */
record Workshop(Workloads workloads, Observation observation, Traffic traffic, Checks checks, Threads threads) {}
