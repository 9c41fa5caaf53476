package io.cofferdam.compose;

import io.cofferdam.application.Application;
import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.ServiceBuilder;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import io.cofferdam.internal.yaml.Place;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads one project's tree into an application. */
final class Loading {

    private static final Keys OWN =
            new Keys("'x-cofferdam' of a file", Set.of("version", "labels"), Map.of(), Map.of());

    final Problems problems;
    final Values values;
    final ComposeFiles files;
    final Paths paths;
    final String project;
    final String publishAddress;
    final Names services = new Names("service");
    final Names networks = new Names("network");
    final Names volumes = new Names("volume");
    final Set<String> volumeDefinitions = new LinkedHashSet<>();
    final Set<String> secrets = new LinkedHashSet<>();
    final Set<String> configs = new LinkedHashSet<>();
    final Set<String> inactive = new LinkedHashSet<>();

    private final Tree.Mapping tree;
    private final Map<String, Tree.Entry> active = new LinkedHashMap<>();

    Loading(
            Problems problems,
            Values values,
            ComposeFiles files,
            Paths paths,
            String project,
            String publishAddress,
            Tree.Mapping tree) {
        this.problems = problems;
        this.values = values;
        this.files = files;
        this.paths = paths;
        this.project = project;
        this.publishAddress = publishAddress;
        this.tree = tree;
    }

    /** Reads all there is; null, with the reasons told, if it is no application. */
    @Nullable
    Application read(@Nullable String version, Set<String> profiles) {
        define("networks", networks);
        define("volumes", volumes);
        volumes.all().forEach(name -> volumeDefinitions.add(volumes.of(name)));
        secrets.addAll(section("secrets").keySet());
        configs.addAll(section("configs").keySet());
        select(profiles);
        ApplicationBuilder application = Application.named(project);
        own(application);
        if (version != null) {
            application.version(version);
        }
        new DefinitionsReader(this, tree).read(application);
        active.forEach((name, entry) -> {
            Tree.Mapping service =
                    entry.value() instanceof Tree.Mapping mapping ? mapping : Tree.Mapping.empty(entry.key());
            if (service != entry.value()) {
                values.entries(entry.value());
            }
            application.service(new ServiceReader(this, name, entry.key(), service).read());
        });
        if (active.isEmpty()) {
            problems.add(
                    tree.place(),
                    inactive.isEmpty() ? "there are no services" : "no service is active without a profile",
                    inactive.isEmpty() ? "define them under 'services'" : "activate one of the profiles");
        }
        try {
            return application.build();
        } catch (InvalidInputException wrong) {
            wrong.problems().forEach(this::tell);
            return null;
        }
    }

    void withoutHealthCheck(ServiceBuilder service, Place place) {
        problems.warn(place, "an image's own health check cannot be switched off yet and goes on", "");
    }

    private void select(Set<String> profiles) {
        boolean all = profiles.contains("*");
        section("services").forEach((name, entry) -> {
            Tree named = entry.value() instanceof Tree.Mapping service ? service.get("profiles") : null;
            boolean taken = all || named == null || isIn(named, profiles);
            if (taken) {
                services.define(name, entry.key(), problems);
                active.put(name, entry);
            } else {
                inactive.add(name);
            }
        });
    }

    private static boolean isIn(Tree named, Set<String> profiles) {
        if (!(named instanceof Tree.Sequence list) || list.items().isEmpty()) {
            return !(named instanceof Tree.Scalar scalar) || scalar.isNull() || profiles.contains(scalar.value());
        }
        return list.items().stream()
                .anyMatch(item -> item instanceof Tree.Scalar scalar && profiles.contains(scalar.value()));
    }

    private void own(ApplicationBuilder application) {
        Tree own = tree.get("x-cofferdam");
        if (own != null) {
            Map<String, Tree.Entry> entries = values.entries(own);
            OWN.check(entries, problems);
            Tree.Entry version = entries.get("version");
            String text = version == null ? null : values.text(version.value());
            if (text != null) {
                application.version(text);
            }
            Tree.Entry labels = entries.get("labels");
            if (labels != null) {
                values.pairs(labels.value()).forEach(application::label);
            }
        }
        tree.entries().forEach((key, entry) -> {
            if (key.startsWith("x-") && !key.equals("x-cofferdam")) {
                application.extension(key, values.plain(entry.value()));
            }
        });
    }

    private void define(String section, Names names) {
        section(section).forEach((name, entry) -> names.define(name, entry.key(), problems));
    }

    private Map<String, Tree.Entry> section(String name) {
        Tree section = tree.get(name);
        if (section == null) {
            return Map.of();
        }
        return section instanceof Tree.Mapping mapping ? mapping.entries() : Map.of();
    }

    /** Tells what the application says of itself, at the place in the file that comes nearest. */
    private void tell(Problem problem) {
        problems.addUnlessTold(placeOf(problem.where()), problem.what(), problem.remedy());
    }

    private Place placeOf(String where) {
        String[] parts = where.split("\\.", 4);
        if (!parts[0].equals("services") || parts.length < 2) {
            Tree.Entry entry = tree.entries().get(parts[0].equals("project") ? "name" : parts[0]);
            if (entry != null && parts.length > 1 && entry.value() instanceof Tree.Mapping section) {
                Tree.Entry inner = section.entries().get(original(parts[0], parts[1]));
                return inner == null ? entry.key() : inner.key();
            }
            return entry == null ? tree.place() : entry.key();
        }
        Tree.Entry service = active.get(services.original(parts[1]));
        if (service == null) {
            return tree.place();
        }
        if (parts.length < 3 || !(service.value() instanceof Tree.Mapping fields)) {
            return service.key();
        }
        Tree.Entry field = fields.entries().get(field(parts[2]));
        if (field == null) {
            return service.key();
        }
        if (parts.length > 3 && field.value() instanceof Tree.Mapping inner) {
            Tree.Entry deepest =
                    inner.entries().get(parts[2].equals("dependsOn") ? services.original(parts[3]) : key(parts[3]));
            return deepest == null ? field.key() : deepest.key();
        }
        return field.key();
    }

    private String original(String section, String name) {
        return section.equals("networks")
                ? networks.original(name)
                : section.equals("volumes") ? volumes.original(name) : name;
    }

    private static String field(String field) {
        return switch (field) {
            case "mounts" -> "volumes";
            case "env" -> "environment";
            case "replicas", "limits" -> "deploy";
            case "readyWhen", "startTimeout" -> "x-cofferdam";
            case "stopGrace" -> "stop_grace_period";
            case "healthCheck" -> "healthcheck";
            default -> key(field);
        };
    }

    /** {@code startPeriod} as {@code start_period}. */
    private static String key(String field) {
        StringBuilder key = new StringBuilder();
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            if (c >= 'A' && c <= 'Z') {
                key.append('_').append((char) (c - 'A' + 'a'));
            } else {
                key.append(c);
            }
        }
        return key.toString();
    }
}
