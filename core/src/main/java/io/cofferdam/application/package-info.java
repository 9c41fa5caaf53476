/**
 * What is to be deployed, as immutable values: start at {@link io.cofferdam.application.Application}. An outline so far. Looks at environments.
 */
@NullMarked
package io.cofferdam.application;

import org.jspecify.annotations.NullMarked;
