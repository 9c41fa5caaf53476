/**
 * How requests from outside reach the instances of a service: start at {@link io.cofferdam.traffic.TrafficRouter}. Looks at errors.
 */
@NullMarked
package io.cofferdam.traffic;

import org.jspecify.annotations.NullMarked;
