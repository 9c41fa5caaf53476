package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Sleeper;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.OperationInterruptedException;
import io.cofferdam.error.RegistryException;
import io.cofferdam.resource.ImageManifest;
import io.cofferdam.resource.PullSpec;
import io.cofferdam.resource.PushSpec;
import io.cofferdam.resource.PushedImage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Has the engine bring images from and to registries. */
final class ImageTransfer {

    private static final int ATTEMPTS = 3;
    private static final Duration PAUSE = Duration.ofMillis(300);

    /** A registry that wants to be left alone for longer than this is reported and not waited for. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private final EngineHttp http;
    private final RegistryLogins logins;
    private final Sleeper sleeper;

    ImageTransfer(EngineHttp http, RegistryLogins logins, Sleeper sleeper) {
        this.http = http;
        this.logins = logins;
        this.sleeper = sleeper;
    }

    /** Pulls; that it arrived is left to the caller to see. */
    void pull(Operation operation, PullSpec spec, ImageName name, Deadline deadline) {
        String query = "?fromImage=" + Query.encode(name.repository()) + "&tag=" + Query.encode(name.tag())
                + spec.platform()
                        .map(platform -> "&platform=" + Query.encode(platform))
                        .orElse("");
        HttpRequest request = HttpRequest.post("/images/create" + query);
        Optional<String> login = logins.header(operation, name.registry(), spec.credentials(), deadline);
        HttpRequest asking = login.isPresent() ? request.withHeader("X-Registry-Auth", login.get()) : request;
        patiently(operation, deadline, () -> transfer(operation, asking, spec.reference(), spec.progress(), deadline));
    }

    PushedImage push(Operation operation, PushSpec spec, ImageName name, Deadline deadline) {
        HttpRequest request = HttpRequest.post(
                "/images/" + Query.segments(name.repository()) + "/push?tag=" + Query.encode(name.tag()));
        // The engine insists on the header, also where no login is needed.
        String login = logins.header(operation, name.registry(), spec.credentials(), deadline)
                .orElse(RegistryLogins.NOBODY);
        LayerReader pushed = patiently(
                operation,
                deadline,
                () -> transfer(
                        operation,
                        request.withHeader("X-Registry-Auth", login),
                        spec.reference(),
                        spec.progress(),
                        deadline));
        if (pushed.digest().isEmpty()) {
            throw new RegistryException(
                    operation.failed("the engine told of no error, but not what the registry has now either"));
        }
        return new PushedImage(name.toString(), pushed.digest(), pushed.size());
    }

    ImageManifest manifest(Operation operation, ImageName name, Deadline deadline) {
        HttpRequest request = HttpRequest.get("/distribution/" + Query.segments(name.toString()) + "/json");
        Optional<String> login = logins.header(operation, name.registry(), Optional.empty(), deadline);
        JsonNode found;
        try {
            found = http.json(
                    operation,
                    login.isPresent() ? request.withHeader("X-Registry-Auth", login.get()) : request,
                    deadline);
        } catch (Refusal refusal) {
            throw RegistryFaults.of(operation, refusal.reason(), refusal);
        }
        List<String> platforms = new ArrayList<>();
        for (JsonNode platform : found.path("Platforms")) {
            String variant = platform.path("variant").asText("");
            platforms.add(platform.path("os").asText("") + "/"
                    + platform.path("architecture").asText("") + (variant.isEmpty() ? "" : "/" + variant));
        }
        JsonNode descriptor = found.path("Descriptor");
        return new ImageManifest(
                descriptor.path("digest").asText(""),
                descriptor.path("mediaType").asText(""),
                platforms);
    }

    private LayerReader transfer(
            Operation operation,
            HttpRequest request,
            String image,
            java.util.function.Consumer<io.cofferdam.resource.LayerProgress> progress,
            Deadline deadline) {
        LayerReader read;
        try {
            read = http.stream(
                    operation,
                    request,
                    deadline,
                    (reply, connection) -> new LayerReader(image, progress).read(reply.body()));
        } catch (Refusal refusal) {
            throw RegistryFaults.of(operation, refusal.reason(), refusal);
        }
        if (read.error().contains("does not exist locally")) {
            throw new ImageNotFoundException(
                    operation.failed("the engine does not have it; build, pull or tag it first"));
        }
        if (!read.error().isEmpty()) {
            throw RegistryFaults.of(operation, read.error(), null);
        }
        return read;
    }

    /** The engine asks again for layers that got lost, but not when a registry failed or had too many requests. */
    private <T> T patiently(Operation operation, Deadline deadline, Supplier<T> transfer) {
        for (int attempt = 1; ; attempt++) {
            try {
                return transfer.get();
            } catch (RegistryException fault) {
                Optional<Duration> pause = pause(fault, attempt);
                if (attempt == ATTEMPTS || pause.isEmpty() || pause.get().compareTo(deadline.remaining()) >= 0) {
                    throw fault;
                }
                sleep(operation, pause.get());
            }
        }
    }

    private static Optional<Duration> pause(RegistryException fault, int attempt) {
        return switch (fault.kind()) {
            case SERVER_ERROR -> Optional.of(PAUSE.multipliedBy(attempt));
            case RATE_LIMITED -> fault.retryAfter().filter(wait -> wait.compareTo(LONGEST_WAIT) <= 0);
            default -> Optional.empty();
        };
    }

    private void sleep(Operation operation, Duration pause) throws CofferdamException {
        try {
            sleeper.sleep(pause);
        } catch (InterruptedException interrupt) {
            Thread.currentThread().interrupt();
            throw new OperationInterruptedException(operation.doing() + " was interrupted", interrupt);
        }
    }
}
