/**
 * The embedded traffic router, a reverse proxy for HTTP/1.1 and TCP: start at {@link io.cofferdam.gateway.Gateway}.
 *
 * <p>One event loop has all of a client's connection: the request, the target it goes to and the answer, so that nothing of
 * an exchange is locked. What loops share is the choice of the target ({@code Listener}) and the counts of what is under way.
 */
@NullMarked
package io.cofferdam.gateway;

import org.jspecify.annotations.NullMarked;
