package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.driver.Unit;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Labels;
import io.cofferdam.environment.Mount;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.NotFoundException;
import io.cofferdam.error.PortTakenException;
import io.cofferdam.error.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes, starts, finds and removes containers: one call to the engine each, more only after a failure. */
final class Containers {

    /** Enough to hide the way to a remote engine. */
    private static final int LIST_PARALLELISM = 8;

    /** For the removal of what could not be completed, whose own deadline may be over. */
    private static final Duration REMOVAL = Duration.ofSeconds(10);

    private final EngineHttp http;
    private final ContainerBody body;
    private final ContainerFacts facts;
    private final DockerNetworks networks;
    private final DockerVolumes volumes;
    private final Threads threads;
    private final Names names;

    Containers(
            EngineHttp http,
            ContainerBody body,
            ContainerFacts facts,
            DockerNetworks networks,
            DockerVolumes volumes,
            Threads threads,
            Names names) {
        this.http = http;
        this.body = body;
        this.facts = facts;
        this.networks = networks;
        this.volumes = volumes;
        this.threads = threads;
        this.names = names;
    }

    String create(CreateRequest request, Deadline deadline) {
        String image = request.spec()
                .image()
                .orElseThrow(() -> new InvalidInputException(
                        "environment '" + request.name() + "'",
                        List.of(new Problem(
                                "image", "there is none, and a container is made from one", "set an image"))));
        return create(request, image, body -> {}, deadline);
    }

    /**
     * Makes a container from another image than its specification's.
     *
     * @param change changes what the engine is asked for
     */
    String create(CreateRequest request, String image, Consumer<ObjectNode> change, Deadline deadline) {
        EnvironmentSpec spec = request.spec();
        Operation operation = Operation.of("create", "creating", "'" + request.name() + "' from image '" + image + "'");
        String networkId = request.network()
                .map(membership -> networks.id(membership.network(), deadline))
                .orElse(null);
        List<String> madeVolumes = new ArrayList<>();
        try {
            for (Mount mount : spec.mounts()) {
                if (mount instanceof Mount.Volume volume && volumes.makeIfMissing(volume.volume(), deadline)) {
                    madeVolumes.add(volume.volume());
                }
            }
            ObjectNode asked = body.of(request, image, networkId);
            change.accept(asked);
            String id = http.json(
                            operation,
                            HttpRequest.post("/containers/create?name=" + Query.encode(request.name()), asked),
                            deadline)
                    .path("Id")
                    .asText("");
            names.put(id, request.name());
            join(operation, id, request.further(), deadline);
            return id;
        } catch (CofferdamException failure) {
            for (String volume : madeVolumes) {
                try {
                    volumes.remove(volume);
                } catch (CofferdamException kept) {
                    failure.addSuppressed(kept);
                }
            }
            throw failure instanceof Refusal refusal ? Faults.creation(operation, request, image, refusal) : failure;
        }
    }

    /** Engines before 25 take one network at the creation. */
    private void join(Operation operation, String id, List<CreateRequest.Membership> further, Deadline deadline) {
        try {
            further.forEach(membership -> networks.connect(operation, id, membership, deadline));
        } catch (CofferdamException failure) {
            boolean interrupted = Thread.interrupted();
            try {
                remove(id, Deadline.in(REMOVAL));
            } catch (CofferdamException kept) {
                failure.addSuppressed(kept);
            } finally {
                if (interrupted) {
                    Thread.currentThread().interrupt();
                }
            }
            throw failure;
        }
    }

    void connect(String id, CreateRequest.Membership membership, Deadline deadline) {
        Operation operation =
                Operation.of("connect", "connecting", names.of(id) + " to network '" + membership.network() + "'");
        networks.leaveLost(operation, inspection(operation, id, deadline), membership.network(), deadline);
        networks.connect(operation, id, membership, deadline);
    }

    void disconnect(String id, String network, Deadline deadline) {
        Operation operation =
                Operation.of("disconnect", "disconnecting", names.of(id) + " from network '" + network + "'");
        inspection(operation, id, deadline);
        networks.disconnect(operation, id, network, deadline);
    }

    void start(String id, Deadline deadline) {
        Operation operation = Operation.of("start", "starting", names.of(id));
        try {
            http.run(operation, HttpRequest.post(path(id, "/start")).asRepeatable(), deadline);
        } catch (Refusal refusal) {
            throw startFailure(id, refusal, deadline);
        }
    }

    /** Asks for names only now that something is wrong: a start that works is one call. */
    private CofferdamException startFailure(String id, Refusal refusal, Deadline deadline) {
        Operation operation = Operation.of("start", "starting", names.of(id));
        try {
            JsonNode container = http.json(operation, HttpRequest.get(path(id, "/json")), deadline);
            String name = ContainerFacts.withoutSlash(container.path("Name").asText(""));
            String image = container.path("Config").path("Image").asText("");
            operation = new Operation(
                    "starting '" + name + "' (docker)", "could not start '" + name + "' (docker, image " + image + ")");
            var port = Faults.takenPort(refusal.reason());
            if (port.isPresent()) {
                String owner = portOwner(operation, port.getAsInt(), id, deadline);
                return new PortTakenException(
                        operation.failed("port " + port.getAsInt() + " is in use"
                                + (owner == null ? "" : " by " + owner)
                                + "; " + (owner == null ? "free it" : "stop it") + " or publish another port"),
                        port.getAsInt(),
                        owner,
                        refusal);
            }
        } catch (CofferdamException nothingMoreToSay) {
            refusal.addSuppressed(nothingMoreToSay);
        }
        return Faults.start(operation, refusal);
    }

    private @Nullable String portOwner(Operation operation, int port, String self, Deadline deadline) {
        for (JsonNode container : http.json(operation, HttpRequest.get("/containers/json"), deadline)) {
            for (JsonNode mapping : container.path("Ports")) {
                if (mapping.path("PublicPort").asInt(0) == port
                        && !container.path("Id").asText("").equals(self)) {
                    String environment =
                            container.path("Labels").path(Labels.ENVIRONMENT).asText("");
                    return environment.isEmpty()
                            ? "container '" + ContainerFacts.name(container) + "'"
                            : "environment '" + environment + "'";
                }
            }
        }
        return null;
    }

    void pause(String id, Deadline deadline) {
        change(Operation.of("pause", "pausing", names.of(id)), HttpRequest.post(path(id, "/pause")), deadline);
    }

    void resume(String id, Deadline deadline) {
        change(Operation.of("resume", "resuming", names.of(id)), HttpRequest.post(path(id, "/unpause")), deadline);
    }

    private void change(Operation operation, HttpRequest request, Deadline deadline) {
        try {
            http.run(operation, request, deadline);
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
    }

    void rename(String id, String name, Deadline deadline) {
        Operation operation = Operation.of("rename", "renaming", names.of(id) + " to '" + name + "'");
        try {
            http.run(operation, HttpRequest.post(path(id, "/rename?name=" + Query.encode(name))), deadline);
            names.put(id, name);
        } catch (Refusal refusal) {
            if (refusal.status() == 409) {
                throw Faults.nameTaken(operation, refusal);
            }
            if (refusal.reason().contains("same name as its current name")) {
                return;
            }
            throw Faults.container(operation, refusal);
        }
    }

    void remove(String id, Deadline deadline) {
        Operation operation = Operation.of("remove", "removing", names.of(id));
        try {
            http.run(operation, HttpRequest.delete(path(id, "?force=1&v=1")), deadline);
        } catch (Refusal refusal) {
            if (refusal.status() == 409 && refusal.reason().contains("already in progress")) {
                awaitRemoved(operation, id, deadline);
            } else if (refusal.status() != 404) {
                throw Faults.container(operation, refusal);
            }
        }
    }

    /** Somebody else is removing it: gone is gone, but only once it is. */
    private void awaitRemoved(Operation operation, String id, Deadline deadline) {
        try {
            http.stream(
                    operation,
                    HttpRequest.post(path(id, "/wait?condition=removed")),
                    deadline,
                    (reply, connection) -> Json.read(reply.body()));
        } catch (Refusal refusal) {
            if (refusal.status() != 404) {
                throw refusal;
            }
        }
    }

    JsonNode inspection(Operation operation, String id, Deadline deadline) {
        JsonNode container;
        try {
            container = http.json(operation, HttpRequest.get(path(id, "/json")), deadline);
        } catch (Refusal refusal) {
            throw Faults.container(operation, refusal);
        }
        // Containers that began as a snapshot inherit our labels from its image, without values.
        if (container
                .path("Config")
                .path("Labels")
                .path(Labels.ENVIRONMENT)
                .asText("")
                .isEmpty()) {
            throw new NotFoundException(operation.failed("it was not made by this library"));
        }
        return container;
    }

    Unit inspect(String id, Deadline deadline) {
        return inspect(Operation.of("inspect", "inspecting", names.of(id)), id, deadline);
    }

    private Unit inspect(Operation operation, String id, Deadline deadline) {
        Unit unit = facts.ofInspection(inspection(operation, id, deadline));
        names.put(unit.status().id(), unit.engineName());
        return unit;
    }

    List<Unit> list(LabelSelector selector, Deadline deadline) {
        Operation operation = Operation.of("list", "listing", "containers");
        HttpRequest request =
                HttpRequest.get("/containers/json?all=1&filters=" + Json.filters(Map.of("label", labels(selector))));
        List<String> ids = new ArrayList<>();
        http.json(operation, request, deadline)
                .forEach(entry -> ids.add(entry.path("Id").asText("")));
        // A list tells neither when a container ended nor why, and when it was made only roughly: each is asked for.
        List<Unit> units = new ArrayList<>();
        for (Optional<Unit> unit : new Parallel(threads, LIST_PARALLELISM)
                .map(operation, ids, deadline, id -> unlessGone(operation, id, deadline))) {
            unit.ifPresent(units::add);
        }
        return units;
    }

    private Optional<Unit> unlessGone(Operation operation, String id, Deadline deadline) {
        try {
            return Optional.of(inspect(operation, id, deadline));
        } catch (NotFoundException gone) {
            return Optional.empty();
        }
    }

    private static List<String> labels(LabelSelector selector) {
        return LabelFilter.of(selector, Labels.ENVIRONMENT);
    }

    /** The path of something of a container. */
    static String path(String id, String rest) {
        return "/containers/" + Query.segment(id) + rest;
    }
}
