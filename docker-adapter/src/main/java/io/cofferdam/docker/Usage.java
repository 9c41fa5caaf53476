package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.environment.ResourceUsage;
import io.cofferdam.error.WrongStateException;
import java.time.Duration;
import java.time.Instant;

/** Asks what containers use. */
final class Usage {

    private final EngineHttp http;
    private final ApiVersion api;
    private final long engineMemory;
    private final Names names;

    Usage(EngineHttp http, ApiVersion api, long engineMemory, Names names) {
        this.http = http;
        this.api = api;
        this.engineMemory = engineMemory;
        this.names = names;
    }

    ResourceUsage of(String id, Deadline deadline) {
        Operation operation = Operation.of("measure", "measuring", names.of(id));
        // Without one-shot the engine takes a second measurement a second later, for percentages.
        String query = "/stats?stream=false" + (api.isAtLeast(1, 41) ? "&one-shot=true" : "");
        JsonNode stats;
        try {
            stats = http.json(operation, HttpRequest.get(Containers.path(id, query)), deadline);
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
        Instant at = Json.instant(stats.path("read"));
        if (at == null) {
            throw new WrongStateException(operation.failed("it does not run; start it first"));
        }
        JsonNode memory = stats.path("memory_stats");
        long limit = memory.path("limit").asLong(0);
        boolean limited = limit > 0 && (engineMemory == 0 || limit < engineMemory);
        return new ResourceUsage(
                at,
                Duration.ofNanos(stats.path("cpu_stats")
                        .path("cpu_usage")
                        .path("total_usage")
                        .asLong(0)),
                used(memory),
                limited ? (Long) limit : null,
                stats.path("pids_stats").path("current").asLong(0));
    }

    /** Without the page cache that the kernel can take back at once, as the Docker client counts. */
    private static long used(JsonNode memory) {
        long usage = memory.path("usage").asLong(0);
        JsonNode details = memory.path("stats");
        long cache = details.has("total_inactive_file")
                ? details.path("total_inactive_file").asLong(0) // control groups version 1
                : details.path("inactive_file").asLong(0);
        return cache < usage ? usage - cache : usage;
    }
}
