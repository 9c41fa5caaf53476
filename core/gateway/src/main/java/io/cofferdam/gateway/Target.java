package io.cofferdam.gateway;

import io.cofferdam.traffic.RouteTarget;
import java.time.Duration;

/** One address of an instance, as long as it is in a route. */
final class Target {

    /** For how long a target that refused a connection is passed over when there is another. */
    private static final long PASSED_OVER = Duration.ofSeconds(1).toNanos();

    final String id;
    final String host;
    final int port;
    final UnderWay underWay;
    /** Guarded by the listener's lock, like the next one. */
    double share;

    double current;
    private volatile long refusedAt = System.nanoTime() - PASSED_OVER;
    private volatile boolean gone;

    Target(RouteTarget target, UnderWay underWay) {
        id = target.id();
        host = target.host();
        port = target.port();
        share = target.share();
        this.underWay = underWay;
    }

    boolean isAt(RouteTarget other) {
        return id.equals(other.id()) && host.equals(other.host()) && port == other.port();
    }

    void refused() {
        refusedAt = System.nanoTime();
    }

    boolean isPassedOver(long now) {
        return now - refusedAt < PASSED_OVER;
    }

    /** It is in no route any more: connections to it are not kept. */
    void leaveRoute() {
        gone = true;
    }

    boolean isGone() {
        return gone;
    }

    @Override
    public String toString() {
        return "target '" + id + "' at " + host + ":" + port;
    }
}
