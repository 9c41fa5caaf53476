package io.cofferdam.pipeline.steps;

import io.cofferdam.error.Problem;
import io.cofferdam.pipeline.Catalogue;
import io.cofferdam.pipeline.FaultClass;
import io.cofferdam.pipeline.Shape;
import io.cofferdam.pipeline.StepConfig;
import io.cofferdam.pipeline.StepContext;
import io.cofferdam.pipeline.StepFailedException;
import io.cofferdam.resource.RegistryCredentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Names of images in steps: {@code docker_image} with {@code docker_tag}, or what an earlier step made. */
final class ImageReference {

    static final Shape.Field IMAGE = Shape.Field.optional(
            "docker_image",
            Shape.text(),
            "The image's name, with or without a tag; without it, that of the step before.");
    static final Shape.Field TAG =
            Shape.Field.optional("docker_tag", Shape.text(), "The image's tag, instead of one in its name.");
    static final Shape.Field REGISTRY = Shape.Field.optional(
            "docker_registry", Shape.text(), "The number or name of the registry in the catalogue.");
    static final Shape.Field REGISTRY_URL =
            Shape.Field.optional("registry_url", Shape.text(), "The registry's address, instead of the catalogue's.");
    static final Shape.Field USERNAME = Shape.Field.optional("username", Shape.text(), "The user to log in as.");
    static final Shape.Field PASSWORD =
            Shape.Field.optional("password", Shape.text(), "The password to log in with; let it be a secret.");

    private static final Pattern FORM = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._:/@-]*");
    private static final Pattern TAG_FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

    private ImageReference() {}

    /** What can be told of a name before anything runs. */
    static List<Problem> check(StepConfig config, Set<String> flowing, boolean hasDefault) {
        List<Problem> problems = new ArrayList<>();
        String image = plain(config, "docker_image");
        if (image != null && !FORM.matcher(image).matches()) {
            problems.add(new Problem("docker_image", "'" + image + "' is no name of an image", ""));
        }
        String tag = plain(config, "docker_tag");
        if (tag != null && !TAG_FORM.matcher(tag).matches()) {
            problems.add(new Problem(
                    "docker_tag", "'" + tag + "' is no tag", "use up to 128 letters, digits, '_', '.' and '-'"));
        }
        if (!config.has("docker_image") && hasDefault && !flowing.contains("docker_image")) {
            problems.add(new Problem(
                    "", "no image is named, and no step before makes one", "set 'docker_image', or build one before"));
        }
        return problems;
    }

    /** A text that is as it will be, or null. */
    static @Nullable String plain(StepConfig config, String field) {
        Object value = config.value(field).orElse(null);
        if (value == null || !(value instanceof String || value instanceof Number)) {
            return null;
        }
        String text = String.valueOf(value);
        return text.contains("{{") ? null : text;
    }

    /** The image that is meant: the one named, else the one that the last step before has as a result. */
    static String of(StepContext context) {
        StepConfig config = context.config();
        Optional<String> named = config.text("docker_image");
        Optional<String> tag = config.text("docker_tag");
        if (named.isEmpty()) {
            String before = context.flowing("docker_image")
                    .map(String::valueOf)
                    .orElseThrow(() -> new StepFailedException(
                            "step '" + context.step()
                                    + "' names no image, and no step before it made one; set 'docker_image'",
                            FaultClass.USER,
                            null));
            return tag.map(value -> withTag(before, value)).orElse(before);
        }
        return tag.map(value -> withTag(named.get(), value)).orElse(named.get());
    }

    static String withTag(String image, String tag) {
        return repository(image) + ":" + tag;
    }

    /** The name without tag and digest. */
    static String repository(String image) {
        String name = image.contains("@") ? image.substring(0, image.indexOf('@')) : image;
        int colon = name.lastIndexOf(':');
        return colon > name.lastIndexOf('/') ? name.substring(0, colon) : name;
    }

    static String tag(String image) {
        String repository = repository(image);
        String rest = image.substring(repository.length());
        return rest.startsWith(":") ? rest.substring(1).split("@", 2)[0] : "latest";
    }

    /** The name without the host of a registry. */
    static String path(String image) {
        int slash = image.indexOf('/');
        String first = slash < 0 ? "" : image.substring(0, slash);
        return first.contains(".") || first.contains(":") || first.equals("localhost")
                ? image.substring(slash + 1)
                : image;
    }

    /** Where the image is or goes, with the registry's address before it where there is one. */
    static String inRegistry(String image, Catalogue.Registry registry) {
        return registry.address().isEmpty() ? image : registry.address() + "/" + path(image);
    }

    /** The login of the registry a step means, else of the one in the image's name; null for the engine's own ways. */
    static @Nullable RegistryCredentials login(StepContext context, Catalogue.Registry registry, String image) {
        return registry.login() != null
                ? registry.login()
                : context.catalogue().loginFor(image).orElse(null);
    }

    /** The registry a step means, by its own words or the catalogue's. */
    static Catalogue.Registry registry(StepContext context) {
        StepConfig config = context.config();
        Catalogue.Registry listed = config.text("docker_registry")
                .map(reference -> context.catalogue()
                        .registry(reference)
                        .orElseThrow(() -> new StepFailedException(
                                "the catalogue has no registry '" + reference + "'", FaultClass.USER, null)))
                .orElse(new Catalogue.Registry("", null));
        String address = config.text("registry_url")
                .map(url -> url.strip().replaceFirst("^https?://", "").replaceFirst("/+$", ""))
                .orElse(listed.address());
        RegistryCredentials login = config.has("username")
                ? RegistryCredentials.of(
                        config.required("username"), config.text("password").orElse(""))
                : listed.login();
        return new Catalogue.Registry(address, login);
    }
}
