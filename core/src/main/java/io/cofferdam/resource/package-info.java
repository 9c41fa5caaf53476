/**
 * What environments are made of and connected by: images, networks, volumes. Looks at environments and errors.
 */
@NullMarked
package io.cofferdam.resource;

import org.jspecify.annotations.NullMarked;
