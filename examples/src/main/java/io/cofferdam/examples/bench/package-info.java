/** Benchmarks, each a program of its own that prints medians with their spread. They look at the public API only. */
@NullMarked
package io.cofferdam.examples.bench;

import org.jspecify.annotations.NullMarked;
