/**
 * What can go wrong, one exception type per kind of fault; start reading at
 * {@link io.cofferdam.error.CofferdamException}. Looks at no other package.
 */
@NullMarked
package io.cofferdam.error;

import org.jspecify.annotations.NullMarked;
