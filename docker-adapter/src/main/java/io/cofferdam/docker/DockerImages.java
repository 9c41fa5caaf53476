package io.cofferdam.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.core.NameParser;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.ImageNotFoundException;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.error.RegistryException;
import io.cofferdam.error.WrongStateException;
import io.cofferdam.resource.Image;
import io.cofferdam.resource.Images;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The engine's images. */
final class DockerImages implements Images {

    private final EngineHttp http;
    private final EngineConfig config;
    private final Surroundings around;

    DockerImages(EngineHttp http, EngineConfig config, Surroundings around) {
        this.http = http;
        this.config = config;
        this.around = around;
    }

    @Override
    public Optional<Image> find(String reference) {
        Operation operation = Operation.of("find", "finding", "image '" + reference + "'");
        return find(operation, checked(reference), Deadline.in(config.callTimeout()));
    }

    private Optional<Image> find(Operation operation, String reference, Deadline deadline) {
        try {
            JsonNode image =
                    http.json(operation, HttpRequest.get("/images/" + Query.segments(reference) + "/json"), deadline);
            return Optional.of(image(image));
        } catch (Refusal refusal) {
            if (refusal.status() == 404) {
                return Optional.empty();
            }
            throw refusal.status() == 400 ? invalid(reference, refusal.reason()) : refusal;
        }
    }

    private static Image image(JsonNode image) {
        Set<String> references = new LinkedHashSet<>();
        image.path("RepoTags").forEach(tag -> references.add(tag.asText("")));
        image.path("RepoDigests").forEach(digest -> references.add(digest.asText("")));
        references.removeIf(reference -> reference.contains("<none>"));
        return new Image(
                image.path("Id").asText(""),
                List.copyOf(references),
                Objects.requireNonNullElse(Json.instant(image.path("Created")), Instant.EPOCH),
                image.path("Size").asLong(0),
                image.path("Architecture").asText(""),
                image.path("Os").asText(""),
                Json.strings(image.path("Config").path("Labels")));
    }

    @Override
    public Image pull(String reference) {
        Operation operation = Operation.of("pull", "pulling", "image '" + reference + "'");
        Deadline deadline = Deadline.in(config.pullTimeout());
        NameParser.ReposTag name = NameParser.parseRepositoryTag(checked(reference));
        String tag = reference.contains("@") || !name.tag.isEmpty() ? name.tag : "latest";
        String query = "?fromImage=" + Query.encode(name.repos) + (tag.isEmpty() ? "" : "&tag=" + Query.encode(tag));
        HttpRequest request = HttpRequest.post("/images/create" + query);
        try {
            Optional<String> login = RegistryLogin.header(around, name.repos);
            request = login.isPresent() ? request.withHeader("X-Registry-Auth", login.get()) : request;
        } catch (IOException | RuntimeException unreadable) {
            throw new RegistryException(
                    operation.failed("the configuration of the Docker client in " + around.dockerFolder()
                            + " cannot be read: " + unreadable.getMessage()),
                    unreadable);
        }
        String error;
        try {
            error = http.stream(operation, request, deadline, (reply, connection) -> lastError(reply));
        } catch (Refusal refusal) {
            throw pullFault(operation, refusal.reason(), refusal);
        }
        if (!error.isEmpty()) {
            throw pullFault(operation, error, null);
        }
        // The engine answers 200 before it begins, and its last line is no proof.
        return find(operation, reference, deadline)
                .orElseThrow(() -> new ImageNotFoundException(
                        operation.failed("the engine said that it has it now, but does not")));
    }

    /** Reads the progress to its end; the error in it, or an empty text. */
    private static String lastError(HttpReply reply) throws IOException {
        String error = "";
        BufferedReader lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (!line.isBlank()) {
                JsonNode progress = Json.read(line.getBytes(StandardCharsets.UTF_8));
                error = progress.path("error").asText(error);
            }
        }
        return error;
    }

    private static CofferdamException pullFault(
            Operation operation, String reason, @org.jspecify.annotations.Nullable Refusal cause) {
        String lower = reason.toLowerCase(Locale.ROOT);
        if (lower.contains("invalid reference format") || lower.contains("invalid repository name")) {
            return invalid(operation.doing(), reason);
        }
        boolean absent = lower.matches("(?s).*(not found|manifest unknown|does not exist|access denied|unauthorized"
                + "|no basic auth|authentication required|denied:).*");
        return absent
                ? new ImageNotFoundException(
                        operation.failed("the registry does not have it, or does not give it to us (" + reason
                                + "); check its name, and log in with 'docker login' if it is private"),
                        cause)
                : new RegistryException(
                        operation.failed("the registry cannot be reached from the engine (" + reason + ")"), cause);
    }

    @Override
    public List<Image> list() {
        Operation operation = Operation.of("list", "listing", "images");
        Deadline deadline = Deadline.in(config.callTimeout());
        Map<String, Image> images = new LinkedHashMap<>();
        for (JsonNode listed : http.json(operation, HttpRequest.get("/images/json"), deadline)) {
            String id = listed.path("Id").asText("");
            boolean tagged = !listed.path("RepoTags").path(0).asText("<none>").contains("<none>");
            // The list does not tell which processor an image is for; one removed meanwhile is none.
            if (tagged && !images.containsKey(id)) {
                find(operation, id, deadline).ifPresent(image -> images.put(id, image));
            }
        }
        List<Image> sorted = new ArrayList<>(images.values());
        sorted.sort(Comparator.comparing(Image::created).reversed());
        return sorted;
    }

    @Override
    public void remove(String reference) {
        Operation operation = Operation.of("remove", "removing", "image '" + reference + "'");
        String path = "/images/" + Query.segments(checked(reference));
        try {
            http.run(operation, HttpRequest.delete(path), Deadline.in(config.callTimeout()));
        } catch (Refusal refusal) {
            if (refusal.status() == 409) {
                throw new WrongStateException(
                        operation.failed("a container uses it, or another name does (" + refusal.reason() + ")"),
                        refusal);
            }
            if (refusal.status() != 404) {
                throw refusal;
            }
        }
    }

    private static String checked(String reference) {
        boolean wellFormed = !reference.isBlank()
                && reference.length() <= 512
                && reference.chars().allMatch(c -> c > ' ' && c < 127 && c != '?' && c != '#' && c != '%');
        if (!wellFormed) {
            throw invalid(reference, "an image is named like redis:7 or registry.example/shop/web:2");
        }
        return reference;
    }

    private static InvalidInputException invalid(String reference, String what) {
        return new InvalidInputException("image '" + reference + "'", List.of(Problem.at("image", what)));
    }
}
