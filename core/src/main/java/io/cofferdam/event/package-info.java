/**
 * Facts in the past tense and how they reach whoever wants to know. Start reading at
 * {@link io.cofferdam.event.EventBus}. Looks at {@code io.cofferdam.concurrent} and {@code io.cofferdam.error} only.
 */
@NullMarked
package io.cofferdam.event;

import org.jspecify.annotations.NullMarked;
