package io.cofferdam.compose;

import io.cofferdam.application.ExposedPort;
import io.cofferdam.environment.PortMapping;
import io.cofferdam.environment.Protocol;
import io.cofferdam.internal.yaml.Problems;
import io.cofferdam.internal.yaml.Tree;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Ports in all the forms there are: {@code [[ADDRESS:][HOST[-HOST]]:]PORT[-PORT][/PROTOCOL]}, and mappings of the same parts. */
final class PortForms {

    private static final Pattern SHORT = Pattern.compile(
            "(?:(?:(?<address>\\[[0-9a-fA-F:.]+]|\\d{1,3}(?:\\.\\d{1,3}){3}|[0-9a-fA-F:]*::[0-9a-fA-F:]*):)?(?<host>[0-9-]*):)?(?<port>[0-9-]+)(?:/(?<proto>\\w+))?");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");
    private static final int MOST = 1000;

    private record Range(int from, int to) {
        int count() {
            return to - from + 1;
        }
    }

    private final Values values;
    private final Problems problems;
    private final String anywhere;

    /**
     * Reads ports.
     *
     * @param anywhere the host address of ports that name none
     */
    PortForms(Values values, Problems problems, String anywhere) {
        this.values = values;
        this.problems = problems;
        this.anywhere = anywhere;
    }

    List<PortMapping> read(Tree tree) {
        if (tree instanceof Tree.Mapping mapping) {
            Keys.PORT.check(mapping.entries(), problems);
            Tree target = mapping.get("target");
            if (target == null) {
                problems.add(tree.place(), "the port has no 'target'", "name the port inside");
                return List.of();
            }
            String port = values.text(target);
            String published = optional(mapping, "published");
            String protocol = optional(mapping, "protocol");
            String address = optional(mapping, "host_ip");
            return port == null ? List.of() : mappings(tree, address, published, port, protocol);
        }
        String text = values.text(tree);
        if (text == null) {
            return List.of();
        }
        Matcher form = SHORT.matcher(text.strip());
        String port = form.matches() ? form.group("port") : null;
        if (port == null) {
            values.wrong(tree, "is no port", "write [[ADDRESS:][HOSTPORT]:]PORT[/tcp|udp], with ranges as 8000-8010");
            return List.of();
        }
        return mappings(tree, form.group("address"), form.group("host"), port, form.group("proto"));
    }

    /** Ports that are not published: {@code PORT[-PORT][/PROTOCOL]}. */
    List<ExposedPort> exposed(Tree tree) {
        String text = values.text(tree);
        if (text == null) {
            return List.of();
        }
        String[] parts = text.strip().split("/", 2);
        Range range = range(tree, parts[0]);
        Protocol protocol = protocol(tree, parts.length < 2 ? null : parts[1]);
        List<ExposedPort> ports = new ArrayList<>();
        if (range != null && protocol != null) {
            for (int port = range.from; port <= range.to; port++) {
                ports.add(new ExposedPort(port, protocol));
            }
        }
        return ports;
    }

    /** What a port stands for when files are merged; null if it has no form that is known. */
    static @Nullable String identity(Tree tree) {
        if (tree instanceof Tree.Scalar scalar) {
            Matcher form = SHORT.matcher(scalar.value().strip());
            return form.matches()
                    ? identity(form.group("address"), form.group("host"), form.group("port"), form.group("proto"))
                    : null;
        }
        if (tree instanceof Tree.Mapping mapping) {
            return identity(
                    Merge.scalar(mapping, "host_ip"),
                    Merge.scalar(mapping, "published"),
                    Merge.scalar(mapping, "target"),
                    Merge.scalar(mapping, "protocol"));
        }
        return null;
    }

    private static String identity(
            @Nullable String address, @Nullable String host, @Nullable String port, @Nullable String protocol) {
        return (address == null ? "" : address) + "|" + (host == null ? "" : host) + "|" + port + "|"
                + (protocol == null ? "tcp" : protocol.toLowerCase(Locale.ROOT));
    }

    private List<PortMapping> mappings(
            Tree tree, @Nullable String address, @Nullable String host, String port, @Nullable String proto) {
        Range inside = range(tree, port);
        boolean chosen = host == null || host.isEmpty() || host.equals("0");
        Range outside = host == null || chosen ? null : range(tree, host);
        Protocol protocol = protocol(tree, proto);
        if (inside == null || protocol == null || (!chosen && outside == null)) {
            return List.of();
        }
        if (outside != null && outside.count() != inside.count()) {
            values.wrong(
                    tree,
                    "has " + outside.count() + " host ports for " + inside.count() + " ports inside",
                    "name as many, or leave the host ports out to have free ones chosen");
            return List.of();
        }
        String where = address == null || address.isBlank() ? anywhere : address.replaceAll("[\\[\\]]", "");
        List<PortMapping> mappings = new ArrayList<>();
        for (int i = 0; i < inside.count(); i++) {
            Integer fixed = outside == null ? null : (Integer) (outside.from + i);
            mappings.add(new PortMapping(inside.from + i, protocol, fixed, where));
        }
        return mappings;
    }

    private @Nullable Range range(Tree tree, String text) {
        Matcher form = RANGE.matcher(text);
        if (!form.matches()) {
            return values.wrong(tree, "has no port where one is expected");
        }
        int from = Integer.parseInt(form.group(1));
        int to = form.group(2) == null ? from : Integer.parseInt(form.group(2));
        if (from < 1 || to > 65535 || from > to) {
            return values.wrong(tree, "has a port that is not between 1 and 65535, or a range that goes down");
        }
        return to - from < MOST ? new Range(from, to) : values.wrong(tree, "has more than " + MOST + " ports");
    }

    private @Nullable Protocol protocol(Tree tree, @Nullable String text) {
        switch (text == null ? "tcp" : text.toLowerCase(Locale.ROOT)) {
            case "tcp" -> {
                return Protocol.TCP;
            }
            case "udp" -> {
                return Protocol.UDP;
            }
            default -> {
                return values.wrong(tree, "has a protocol that is neither tcp nor udp");
            }
        }
    }

    private @Nullable String optional(Tree.Mapping mapping, String key) {
        Tree tree = mapping.get(key);
        return tree == null || (tree instanceof Tree.Scalar scalar && scalar.isNull()) ? null : values.text(tree);
    }
}
