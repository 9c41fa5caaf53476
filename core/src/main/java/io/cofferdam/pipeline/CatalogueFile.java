package io.cofferdam.pipeline;

import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Source;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.YamlParser;
import io.cofferdam.pipeline.Shape.Field;
import io.cofferdam.pipeline.Shape.Fields;
import io.cofferdam.pipeline.Shape.Mapping;
import io.cofferdam.resource.RegistryCredentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads a catalogue of a file. */
final class CatalogueFile {

    private static final Fields FILE = Fields.of(
            Field.optional(
                    "registries",
                    new Mapping(Fields.of(
                            Field.optional("url", Shape.text(), "Its address."),
                            Field.optional("username", Shape.text(), "Who logs in."),
                            Field.optional("password_env", Shape.text(), "The variable with the password."))),
                    "Registries by number or name."),
            Field.optional(
                    "clusters",
                    new Mapping(Fields.of(Field.optional("engine", Shape.text(), "The engine it is."))),
                    "Clusters by number or name."));

    private CatalogueFile() {}

    static Catalogue read(Path file) {
        Findings findings = new Findings();
        String subject = "catalogue '" + file + "'";
        Tree.Mapping tree = null;
        try {
            Source source = new Source(0, file.toString(), file, Map.of());
            tree = YamlParser.parse(Files.readString(file), source, "a catalogue is a mapping", findings.placed());
        } catch (IOException unreadable) {
            throw new InvalidInputException(
                    subject, List.of(new Problem(file.toString(), "it cannot be read: " + unreadable, "")));
        }
        Catalogue.Builder catalogue = Catalogue.builder();
        if (tree != null) {
            Map<String, Place> places = new HashMap<>();
            Object data = new TreeData(places).read(tree, "");
            findings.places(Places.of(places));
            if (new ShapeCheck(findings).check(data, FILE, "") && data instanceof Map<?, ?> map) {
                fill(catalogue, map, findings);
            }
        }
        findings.throwIfAny(subject);
        return catalogue.build();
    }

    private static void fill(Catalogue.Builder catalogue, Map<?, ?> file, Findings findings) {
        if (file.get("registries") instanceof Map<?, ?> registries) {
            registries.forEach((name, facts) -> {
                StepConfig registry = new StepConfig(facts instanceof Map<?, ?> map ? Data.map(map) : Data.none());
                catalogue.registry(
                        String.valueOf(name), registry.text("url").orElse(""), login(registry, name, findings));
            });
        }
        if (file.get("clusters") instanceof Map<?, ?> clusters) {
            clusters.forEach((name, facts) -> {
                StepConfig cluster = new StepConfig(facts instanceof Map<?, ?> map ? Data.map(map) : Data.none());
                catalogue.clusterOfEngine(
                        String.valueOf(name), cluster.text("engine").orElse(""));
            });
        }
    }

    private static @Nullable RegistryCredentials login(StepConfig registry, Object name, Findings findings) {
        if (!registry.has("username")) {
            return null;
        }
        String variable = registry.text("password_env").orElse("");
        String password = variable.isEmpty() ? null : System.getenv(variable);
        if (password == null) {
            findings.at(
                    Data.path("registries", String.valueOf(name)),
                    variable.isEmpty()
                            ? "there is a user without a password"
                            : "the variable '" + variable + "' is not set",
                    "name a variable of the environment with 'password_env', and set it");
            return null;
        }
        return RegistryCredentials.of(registry.required("username"), password);
    }
}
