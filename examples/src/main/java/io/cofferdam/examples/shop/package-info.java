/**
 * The example application of {@code examples/shop}: web, api, queue and worker, which know nothing of this library and need the JDK
 * alone. Start with {@link io.cofferdam.examples.shop.Shop}; the build puts the classes into {@code examples/shop/app}.
 */
@NullMarked
package io.cofferdam.examples.shop;

import org.jspecify.annotations.NullMarked;
