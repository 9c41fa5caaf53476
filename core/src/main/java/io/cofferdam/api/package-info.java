/** Marks on the public API. Looks at nothing. */
@NullMarked
package io.cofferdam.api;

import org.jspecify.annotations.NullMarked;
