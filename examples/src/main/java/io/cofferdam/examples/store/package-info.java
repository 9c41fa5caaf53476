/** Where the command line keeps deployments: start at {@link io.cofferdam.examples.store.DeploymentFile}. */
@NullMarked
package io.cofferdam.examples.store;

import org.jspecify.annotations.NullMarked;
