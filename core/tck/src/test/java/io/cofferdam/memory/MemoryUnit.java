package io.cofferdam.memory;

import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.Unit;
import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Verdict;
import io.cofferdam.environment.Endpoint;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.EnvironmentState;
import io.cofferdam.environment.EnvironmentStatus;
import io.cofferdam.environment.HealthStatus;
import io.cofferdam.environment.LogLine;
import io.cofferdam.environment.Mount;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A unit of the engine in memory. Guarded by the engine's lock. */
final class MemoryUnit {

    final String id;
    final CreateRequest request;
    final MemoryFiles files;
    final List<LogLine> log = new ArrayList<>();

    /** By the name of each network it is in: the names by which it is reached there. */
    final Map<String, List<String>> networks = new LinkedHashMap<>();

    private final Instant created;
    String name;
    EnvironmentState state = EnvironmentState.CREATED;
    Verdict verdict = new Verdict(HealthStatus.NONE, 0);
    boolean isStarting;

    @Nullable
    Instant started;

    @Nullable
    MemoryProcess process;

    @Nullable
    private Instant finished;

    @Nullable
    private Integer exit;

    MemoryUnit(String id, CreateRequest request, MemoryFiles files, Instant created) {
        this.id = id;
        this.request = request;
        this.files = files;
        this.created = created;
        this.name = request.name();
    }

    EnvironmentSpec spec() {
        return request.spec();
    }

    boolean uses(String volume) {
        return spec().mounts().stream()
                .anyMatch(mount ->
                        mount instanceof Mount.Volume named && named.volume().equals(volume));
    }

    UnitEvent event(UnitEvent.Kind kind, Instant at) {
        return UnitEvent.of(kind, id, at, request.labels());
    }

    void runs(Instant since) {
        state = EnvironmentState.RUNNING;
        started = since;
        finished = null;
        exit = null;
    }

    UnitEvent ended(int code, boolean isAsked, Instant at) {
        state = EnvironmentState.EXITED;
        finished = at;
        exit = code;
        UnitEvent event = UnitEvent.died(id, at, request.labels(), code, false);
        return isAsked ? event.asAsked() : event;
    }

    Unit seen() {
        MemoryProcess running = process;
        List<Endpoint> endpoints = running == null || !state.isAlive()
                ? List.of()
                : spec().ports().stream()
                        .map(port ->
                                new Endpoint(port.port(), port.protocol(), port.hostAddress(), running.hostPort(port)))
                        .toList();
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
