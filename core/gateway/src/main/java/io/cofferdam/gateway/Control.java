package io.cofferdam.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.StorageException;
import io.cofferdam.traffic.Route;
import io.cofferdam.traffic.RouteFile;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What is said between a gateway's process and its controllers: a line of JSON each way. */
final class Control {

    static final String APPLY = "apply";
    static final String ROUTES = "routes";
    static final String DRAINED = "drained";
    static final String HELLO = "hello";
    static final String STOP_WHEN_IDLE = "stop-when-idle";

    private static final ObjectMapper JSON = JsonMapper.builder().build();

    private Control() {}

    static UnixDomainSocketAddress socket(Path folder) {
        return UnixDomainSocketAddress.of(folder.resolve("gateway.sock"));
    }

    static RouteFile state(Path folder) {
        return new RouteFile(folder.resolve("routes.json"));
    }

    static ObjectNode message() {
        return JSON.createObjectNode();
    }

    static ObjectNode message(String operation) {
        return message().put("do", operation);
    }

    static JsonNode read(String line) throws IOException {
        return JSON.readTree(line);
    }

    static void put(ObjectNode message, List<Route> routes) {
        try {
            message.set("routes", JSON.readTree(RouteFile.toJson(routes)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<Route> routes(JsonNode message) {
        return RouteFile.fromJson(message.path("routes").toString());
    }

    static ObjectNode failure(RuntimeException e) {
        ObjectNode error = message().put("message", String.valueOf(e.getMessage()));
        if (e instanceof PortTakenException taken) {
            error.put("kind", "port").put("port", taken.port());
            taken.owner().ifPresent(owner -> error.put("owner", owner));
        } else if (e instanceof InvalidInputException invalid) {
            error.put("kind", "input");
            invalid.problems()
                    .forEach(problem -> error.withArray("problems")
                            .addObject()
                            .put("where", problem.where())
                            .put("what", problem.what())
                            .put("remedy", problem.remedy()));
        } else {
            error.put("kind", e instanceof StorageException ? "storage" : "other");
            if (!(e instanceof CofferdamException)) {
                error.put("message", "the gateway failed: " + e);
            }
        }
        ObjectNode answer = message();
        answer.set("error", error);
        return answer;
    }

    /** Throws what the other side failed with, if it did. */
    static void check(JsonNode answer, String project) {
        JsonNode error = answer.path("error");
        if (error.isMissingNode()) {
            return;
        }
        String message = error.path("message").asText();
        switch (error.path("kind").asText()) {
            case "port" ->
                throw new PortTakenException(
                        message,
                        error.path("port").asInt(),
                        error.hasNonNull("owner") ? error.path("owner").asText() : null,
                        null);
            case "input" -> {
                List<Problem> problems = new ArrayList<>();
                error.path("problems")
                        .forEach(problem -> problems.add(new Problem(
                                problem.path("where").asText(),
                                problem.path("what").asText(),
                                problem.path("remedy").asText())));
                throw new InvalidInputException("the routes of project '" + project + "'", problems);
            }
            case "storage" -> throw new StorageException(message);
            default -> throw new EngineException(message);
        }
    }
}
