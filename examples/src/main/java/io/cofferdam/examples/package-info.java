/**
 * Programs that show the library in use, over its public API only. Start with {@link io.cofferdam.examples.FirstStack}.
 */
@NullMarked
package io.cofferdam.examples;

import org.jspecify.annotations.NullMarked;
