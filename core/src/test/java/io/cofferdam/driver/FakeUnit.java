package io.cofferdam.driver;

import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LogLine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A unit on the fake engine. Guarded by the engine's lock. */
final class FakeUnit {

    final String id;
    final CreateRequest request;
    final Instant created;
    String name;
    EnvironmentState state = EnvironmentState.CREATED;
    Instant started;
    Instant finished;
    Integer exit;
    Verdict verdict = new Verdict(HealthStatus.NONE, 0);
    int starts;

    /** The identifier of the network it is bound to, as engines keep it. */
    String boundTo = "";

    final List<LogLine> log = new ArrayList<>();

    FakeUnit(String id, CreateRequest request, Instant created) {
        this.id = id;
        this.request = request;
        this.name = request.name();
        this.created = created;
    }

    EnvironmentSpec spec() {
        return request.spec();
    }

    boolean isIn(String network) {
        return request.network().filter(m -> m.network().equals(network)).isPresent();
    }

    Unit seen() {
        List<Endpoint> endpoints = state.isAlive()
                ? spec().ports().stream()
                        .map(port -> new Endpoint(
                                port.port(),
                                port.protocol(),
                                port.hostAddress(),
                                port.hostPort().orElse(50_000)))
                        .toList()
                : List.of();
        EnvironmentStatus status = new EnvironmentStatus(
                id,
                spec().name().orElseThrow(),
                state,
                verdict.health(),
                exit,
                created,
                started,
                finished,
                verdict.restarts(),
                false,
                spec().image().orElse(""),
                endpoints,
                request.labels());
        return new Unit(status, name, spec().env());
    }
}
