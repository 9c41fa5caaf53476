/**
 * An open-loop load generator that knows when each request began and which version answered it. Start with {@link
 * io.cofferdam.examples.load.LoadProbe}; the launcher is {@code examples/probe}.
 */
@NullMarked
package io.cofferdam.examples.load;

import org.jspecify.annotations.NullMarked;
