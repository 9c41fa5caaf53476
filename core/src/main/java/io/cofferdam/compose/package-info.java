/**
 * Compose files and applications: start at {@link io.cofferdam.compose.ComposeLoader}, which reads the Compose specification as people
 * use it, and {@link io.cofferdam.compose.ComposeWriter} for the way back. A load goes through stages, each over the tree of nodes
 * with their places: parsing, substitution of variables, includes, merging and extends, reading into an application. Looks at
 * applications.
 */
@NullMarked
package io.cofferdam.compose;

import org.jspecify.annotations.NullMarked;
