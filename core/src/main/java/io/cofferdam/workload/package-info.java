/**
 * Copies of one revision of a service as they are observed on an engine: start at {@link io.cofferdam.workload.Instance}. An outline so
 * far. Looks at applications and environments.
 */
@NullMarked
package io.cofferdam.workload;

import org.jspecify.annotations.NullMarked;
