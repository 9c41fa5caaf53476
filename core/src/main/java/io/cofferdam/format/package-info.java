/** The written form of specifications, which back ends keep with what they made and stores keep with releases. Looks at environments. */
@NullMarked
package io.cofferdam.format;

import org.jspecify.annotations.NullMarked;
