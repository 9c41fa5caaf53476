/**
 * A back end in memory, with a clock and faults of a test's choice: what the contracts of workloads and deployments are also run
 * on. Begin with {@link io.cofferdam.memory.MemoryEngine}, which is the engine itself; {@link io.cofferdam.memory.MemoryDriver}
 * is what speaks to it over a line that can fail.
 */
@NullMarked
package io.cofferdam.memory;

import org.jspecify.annotations.NullMarked;
