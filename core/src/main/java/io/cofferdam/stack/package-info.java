/**
 * Instances that belong together: {@link io.cofferdam.stack.Stack}. Looks at engines.
 */
@NullMarked
package io.cofferdam.stack;

import org.jspecify.annotations.NullMarked;
