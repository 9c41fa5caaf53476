/**
 * Isolated environments for tests with JUnit Jupiter 5.10 and later and 6: start at {@link io.cofferdam.junit.CofferdamTest}.
 *
 * <p>{@code Declarations} reads what a test class declares, a {@code Group} holds what runs for one test, one class or the
 * run, and {@code Session} is one open engine of the run.
 */
@NullMarked
package io.cofferdam.junit;

import org.jspecify.annotations.NullMarked;
