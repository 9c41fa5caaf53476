package io.cofferdam.environment;

import java.util.Locale;

/** A transport protocol of a port. */
public enum Protocol {
    /** Transmission Control Protocol. */
    TCP,
    /** User Datagram Protocol. */
    UDP;

    /** The protocol as it is written in port mappings: {@code tcp} or {@code udp}. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
