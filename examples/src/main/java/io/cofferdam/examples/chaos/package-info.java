/**
 * Programs that break things on purpose and count what is left. Start with {@link io.cofferdam.examples.chaos.Chaos}; the
 * launcher is {@code examples/chaos}.
 */
@NullMarked
package io.cofferdam.examples.chaos;

import org.jspecify.annotations.NullMarked;
