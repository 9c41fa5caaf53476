/**
 * The embedded back end: environments as operating-system processes with a directory, an address and, where the kernel
 * lets us, namespaces of their own. Everything but the provider is package-private. Networks start at
 * {@code ProcessNetworks}. Looks at the engine and driver rooms.
 */
@NullMarked
package io.cofferdam.process;

import org.jspecify.annotations.NullMarked;
