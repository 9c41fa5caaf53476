package io.cofferdam.compose;

import io.cofferdam.application.ApplicationBuilder;
import io.cofferdam.application.ConfigDefinition;
import io.cofferdam.application.Content;
import io.cofferdam.application.NetworkDefinition;
import io.cofferdam.application.SecretDefinition;
import io.cofferdam.application.VolumeDefinition;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import io.cofferdam.internal.yaml.Words;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads what services share: networks, volumes, secrets and configs. */
final class DefinitionsReader {

    private static final Pattern CIDR = Pattern.compile("[0-9.]+/\\d{1,2}");

    private static final String BASE64 = "x-cofferdam-base64";

    private final Loading loading;
    private final Values values;
    private final Problems problems;
    private final Tree.Mapping project;

    DefinitionsReader(Loading loading, Tree.Mapping project) {
        this.loading = loading;
        this.values = loading.values;
        this.problems = loading.problems;
        this.project = project;
    }

    void read(ApplicationBuilder into) {
        section("networks").forEach((name, entry) -> into.network(network(name, values.entries(entry.value()))));
        section("volumes").forEach((name, entry) -> into.volume(volume(name, values.entries(entry.value()))));
        section("secrets").forEach((name, entry) -> {
            Content content = content(name, entry, Keys.SECRET);
            into.secret(new SecretDefinition(name, known(content), labels(values.entries(entry.value()))));
        });
        section("configs").forEach((name, entry) -> {
            Content content = content(name, entry, Keys.CONFIG);
            into.config(new ConfigDefinition(name, known(content), labels(values.entries(entry.value()))));
        });
    }

    /** What could not be read was told of already, and is not missing besides. */
    private static Content known(@Nullable Content content) {
        return content == null ? Content.text("") : content;
    }

    private NetworkDefinition network(String name, Map<String, Tree.Entry> entries) {
        Keys.NETWORK.check(entries, problems);
        String engineName = name(entries);
        boolean external = external(entries);
        if (external && engineName == null) {
            engineName = name;
        }
        Tree.Entry driver = entries.get("driver");
        if (driver != null) {
            String text = values.text(driver.value());
            if (text != null && !text.equals("bridge") && !text.equals("overlay") && !text.equals("default")) {
                problems.unsupported(
                        driver.value().place(), "the driver " + driver.value() + " is not supported", "use bridge");
            }
        }
        Tree.Entry internal = entries.get("internal");
        return new NetworkDefinition(
                loading.networks.of(name),
                engineName,
                external,
                internal != null && values.isTrue(internal.value()),
                subnet(entries.get("ipam")),
                labels(entries));
    }

    private @Nullable String subnet(Tree.@Nullable Entry ipam) {
        if (ipam == null) {
            return null;
        }
        Map<String, Tree.Entry> entries = values.entries(ipam.value());
        Keys.IPAM.check(entries, problems);
        Tree.Entry config = entries.get("config");
        List<String> subnets = new ArrayList<>();
        for (Tree item : config == null ? List.<Tree>of() : values.list(config.value())) {
            Map<String, Tree.Entry> range = values.entries(item);
            Keys.IPAM_CONFIG.check(range, problems);
            Tree.Entry subnet = range.get("subnet");
            String text = subnet == null ? null : values.text(subnet.value());
            if (text != null && subnet != null) {
                if (!CIDR.matcher(text).matches()) {
                    values.wrong(subnet.value(), "is no IPv4 address range", "write it like 10.77.0.0/24");
                } else if (!subnets.isEmpty()) {
                    problems.unsupported(item.place(), "a second address range is not supported", "keep one of them");
                } else {
                    subnets.add(text);
                }
            }
        }
        return subnets.isEmpty() ? null : subnets.get(0);
    }

    private VolumeDefinition volume(String name, Map<String, Tree.Entry> entries) {
        Keys.VOLUME.check(entries, problems);
        String engineName = name(entries);
        boolean external = external(entries);
        if (external && engineName == null) {
            engineName = name;
        }
        Tree.Entry driver = entries.get("driver");
        if (driver != null) {
            String text = values.text(driver.value());
            if (text != null && !text.equals("local")) {
                problems.unsupported(
                        driver.value().place(), "the driver " + driver.value() + " is not supported", "use local");
            }
        }
        return new VolumeDefinition(loading.volumes.of(name), engineName, external, labels(entries));
    }

    private @Nullable Content content(String name, Tree.Entry entry, Keys keys) {
        Map<String, Tree.Entry> entries = values.entries(entry.value());
        keys.check(entries, problems);
        List<String> sources = new ArrayList<>(List.of("file", "environment", "content", BASE64));
        sources.retainAll(entries.keySet());
        boolean external = external(entries);
        if ((external && !sources.isEmpty()) || sources.size() > 1) {
            problems.add(
                    entry.key(),
                    keys.what() + " has one source, and '" + Words.shorten(name) + "' has several: "
                            + String.join(", ", sources) + (external ? ", external" : ""),
                    "keep one of them");
            return null;
        }
        if (external) {
            String engineName = name(entries);
            return Content.external(engineName == null ? name : engineName);
        }
        if (entries.containsKey("name")) {
            problems.warn(
                    entries.get("name").key(), "'name' is passed over: only external ones have a name outside", "");
        }
        if (sources.isEmpty()) {
            problems.add(
                    entry.key(),
                    keys.what() + " needs a source, and '" + Words.shorten(name) + "' has none",
                    "set one of file, environment, content and external");
            return null;
        }
        Tree source = Objects.requireNonNull(entries.get(sources.get(0))).value();
        String text = values.text(source);
        if (text == null) {
            return null;
        }
        switch (sources.get(0)) {
            case "file" -> {
                var file = loading.paths.resolve(text, source.place());
                byte[] bytes = loading.files.bytes(file, source.place(), "the file", true);
                return bytes == null ? null : Content.ofFile(file, bytes);
            }
            case "environment" -> {
                String value = source.place().source().variables().get(text);
                if (value == null) {
                    problems.add(
                            source.place(),
                            "the variable '" + Words.shorten(text) + "' is not set",
                            "set it in the environment or in .env");
                    return null;
                }
                return Content.ofVariable(text, value);
            }
            case BASE64 -> {
                try {
                    return Content.bytes(Base64.getDecoder().decode(text));
                } catch (IllegalArgumentException wrong) {
                    problems.add(source.place(), "this is no Base64");
                    return null;
                }
            }
            default -> {
                return Content.text(text);
            }
        }
    }

    /** {@code external: true}, and the older {@code external: {name: x}}. */
    private boolean external(Map<String, Tree.Entry> entries) {
        Tree.Entry external = entries.get("external");
        if (external == null) {
            return false;
        }
        return external.value() instanceof Tree.Mapping || values.isTrue(external.value());
    }

    private @Nullable String name(Map<String, Tree.Entry> entries) {
        Tree.Entry name = entries.get("name");
        if (name != null) {
            return values.text(name.value());
        }
        Tree.Entry external = entries.get("external");
        if (external != null && external.value() instanceof Tree.Mapping older && older.get("name") != null) {
            Tree inner = older.get("name");
            return inner == null ? null : values.text(inner);
        }
        return null;
    }

    private Map<String, String> labels(Map<String, Tree.Entry> entries) {
        Tree.Entry labels = entries.get("labels");
        return labels == null ? Map.of() : values.pairs(labels.value());
    }

    private Map<String, Tree.Entry> section(String name) {
        Tree section = project.get(name);
        return section == null ? Map.of() : values.entries(section);
    }
}
