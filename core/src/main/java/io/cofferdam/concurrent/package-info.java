/**
 * Deadlines, threads, bounded calls and retries: the small machinery behind every blocking call. Start reading at
 * {@link io.cofferdam.concurrent.Deadline} and {@link io.cofferdam.concurrent.Threads}. Looks at
 * {@code io.cofferdam.error} only.
 */
@NullMarked
package io.cofferdam.concurrent;

import org.jspecify.annotations.NullMarked;
