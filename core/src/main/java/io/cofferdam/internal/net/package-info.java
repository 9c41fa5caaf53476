/** What this host tells about its sockets; start reading at {@link io.cofferdam.internal.net.SocketOwner}. */
@NullMarked
package io.cofferdam.internal.net;

import org.jspecify.annotations.NullMarked;
