package io.cofferdam.docker;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.error.BuildFailedException;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.error.EngineException;
import io.cofferdam.error.StorageException;
import io.cofferdam.error.UnsupportedCapabilityException;
import io.cofferdam.resource.BuildSpec;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Has the engine's classic builder build an image. */
final class ImageBuild {

    private final EngineHttp http;
    private final RegistryLogins logins;
    private final Capabilities capabilities;

    ImageBuild(EngineHttp http, RegistryLogins logins, Capabilities capabilities) {
        this.http = http;
        this.logins = logins;
        this.capabilities = capabilities;
    }

    /** Builds: the identifier of what was built. */
    String build(Operation operation, BuildSpec spec, Deadline deadline) {
        BuildContext context = BuildContext.of(operation, spec);
        Set<String> registries = Dockerfile.registries(context.dockerfileText(), spec.buildArgs());
        HttpRequest request = new HttpRequest(
                "POST",
                "/build?" + query(spec, context),
                Map.of("Content-Type", "application/x-tar"),
                new HttpRequest.Written(context::writeTo),
                false);
        Optional<String> login = logins.buildHeader(operation, registries, spec.credentials(), deadline);
        HttpRequest asking = login.isPresent() ? request.withHeader("X-Registry-Config", login.get()) : request;
        BuildReader built = new BuildReader(spec);
        try {
            http.stream(operation, asking, deadline, (reply, connection) -> built.read(reply.body()));
        } catch (Refusal refusal) {
            throw fault(operation, built, spec.masked(refusal.reason()));
        } catch (UncheckedIOException unreadable) {
            throw new StorageException(
                    operation.failed("the context cannot be read: " + unreadable.getMessage()), unreadable);
        }
        if (!built.error().isEmpty()) {
            throw fault(operation, built, built.error());
        }
        if (built.image().isEmpty()) {
            throw new EngineException(operation.failed("the engine told of no error, but of no image either"));
        }
        return built.image();
    }

    private static String query(BuildSpec spec, BuildContext context) {
        // Version 1 is the classic builder. The containers of instructions are removed, also of the one that fails.
        List<String> query = new ArrayList<>(List.of("version=1", "rm=1", "forcerm=1"));
        query.add("dockerfile=" + Query.encode(context.dockerfile()));
        spec.tags().forEach(tag -> query.add("t=" + Query.encode(ImageName.checked(tag))));
        parameter(query, "buildargs", spec.buildArgs());
        parameter(query, "labels", spec.labels());
        if (!spec.cacheFrom().isEmpty()) {
            ArrayNode images = Json.object().putArray("images");
            spec.cacheFrom().forEach(images::add);
            query.add("cachefrom=" + Query.encode(images.toString()));
        }
        spec.target().ifPresent(target -> query.add("target=" + Query.encode(target)));
        spec.network().ifPresent(network -> query.add("networkmode=" + Query.encode(network)));
        if (!spec.platforms().isEmpty()) {
            query.add("platform=" + Query.encode(String.join(",", spec.platforms())));
        }
        if (spec.noCache()) {
            query.add("nocache=1");
        }
        if (spec.pull()) {
            query.add("pull=1");
        }
        return String.join("&", query);
    }

    private static void parameter(List<String> query, String name, Map<String, String> values) {
        if (!values.isEmpty()) {
            ObjectNode object = Json.object();
            values.forEach(object::put);
            query.add(name + "=" + Query.encode(object.toString()));
        }
    }

    private CofferdamException fault(Operation operation, BuildReader built, String reason) {
        String lower = reason.toLowerCase(Locale.ROOT);
        boolean fetching = built.instruction().toUpperCase(Locale.ROOT).startsWith("FROM ")
                || built.instruction().contains("--from=");
        if (lower.contains("requires buildkit")) {
            return new UnsupportedCapabilityException(
                    capabilities.engine(),
                    Capability.BUILDKIT.toString(),
                    capabilities.reason(Capability.BUILDKIT) + " (" + reason + ")",
                    "leave out what needs it");
        }
        if (lower.contains("no space left on device")) {
            return new StorageException(operation.failed(reason + "; free disk space on the engine's host"));
        }
        if (built.step() == 0 && (lower.contains("invalid reference format") || lower.contains("repository name"))) {
            return ImageName.invalid(operation.doing(), reason);
        }
        if (fetching && built.exitCode() == null && !lower.contains("dockerfile")) {
            Operation of = new Operation(
                    operation.doing(),
                    operation.couldNot() + ": step " + built.step() + " '" + built.instruction() + "'");
            return RegistryFaults.of(of, reason, null);
        }
        StringBuilder message = new StringBuilder();
        if (built.step() == 0) {
            message.append(reason);
        } else {
            message.append("step ").append(built.step()).append('/').append(built.steps());
            message.append(" '").append(built.instruction()).append("' failed");
            message.append(built.exitCode() == null ? ": " + reason : " with exit code " + built.exitCode());
            if (!built.lastLines().isEmpty()) {
                message.append("; its last lines were:\n  ").append(String.join("\n  ", built.lastLines()));
            }
        }
        return new BuildFailedException(
                operation.failed(message.toString()),
                built.step(),
                built.instruction(),
                built.exitCode(),
                built.lastLines(),
                null);
    }
}
