/**
 * Measurements of speed and memory, run with {@code examples/bench}. Each compares the library with the plainest program
 * that does the same, both interleaved in one JVM, and tells ratios with their spread. Start with
 * {@link io.cofferdam.examples.bench.Bench}.
 */
@NullMarked
package io.cofferdam.examples.bench;

import org.jspecify.annotations.NullMarked;
