package io.cofferdam.examples.cli;

import io.cofferdam.deployment.DeploymentEngine;
import io.cofferdam.deployment.DeploymentEvent;
import io.cofferdam.deployment.DeploymentRecord;
import io.cofferdam.workload.InstanceStatus;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** A line for each service on a terminal, painted again and again: a bar, how many instances there are, what happened last. */
final class ServiceLines {

    private static final int BAR = 20;

    /** How many glances pass between two looks at the engine, which costs it more than a look at the store. */
    private static final int REST = 4;

    private final DeploymentEngine engine;
    private final Terminal terminal;
    private final Map<String, String> last = new HashMap<>();
    private final int width;
    private List<InstanceStatus> instances = List.of();
    private int painted;
    private int glances;

    ServiceLines(DeploymentEngine engine, Terminal terminal) {
        this.engine = engine;
        this.terminal = terminal;
        String columns = terminal.variables().getOrDefault("COLUMNS", "");
        width = columns.matches("[1-9]\\d{1,3}") ? Integer.parseInt(columns) : 110;
    }

    void happened(DeploymentEvent event) {
        last.put(event.service(), Text.visible(event.message()));
    }

    void paint(DeploymentRecord record) {
        if (glances++ % REST == 0) {
            instances = engine.instances(record.project());
        }
        List<String> lines = new ArrayList<>();
        lines.add(String.format(
                "%s %s  %s  %s %3d%%  %s",
                record.project(),
                record.version(),
                record.strategy(),
                bar(record.progress()),
                record.progress(),
                Text.visible(record.message())));
        TreeSet<String> services = new TreeSet<>(last.keySet());
        instances.forEach(instance -> services.add(instance.instance().service()));
        services.remove("");
        int longest = services.stream().mapToInt(String::length).max().orElse(0);
        services.forEach(service -> lines.add(line(service, longest, record)));
        erase();
        for (String line : lines) {
            terminal.err().println(line.length() > width ? line.substring(0, width - 1) + "…" : line);
        }
        painted = lines.size();
    }

    /** What was painted last stays; what comes is written below it. */
    void leave() {
        painted = 0;
    }

    private void erase() {
        if (painted > 0) {
            terminal.err().print("\u001b[" + painted + "A\u001b[J");
        }
    }

    private String line(String service, int longest, DeploymentRecord record) {
        List<InstanceStatus> all = instances.stream()
                .filter(status -> status.instance().service().equals(service))
                .toList();
        List<InstanceStatus> fresh = all.stream()
                .filter(status -> status.deployment().equals(record.id()))
                .toList();
        List<InstanceStatus> counted = fresh.isEmpty() ? all : fresh;
        long available = counted.stream()
                .filter(status -> status.instance().isAvailable())
                .count();
        int old = all.size() - counted.size();
        return String.format(
                "  %-" + Math.max(1, longest) + "s %s %d/%d%s  %s",
                service,
                bar(counted.isEmpty() ? 0 : (int) (100 * available / counted.size())),
                available,
                counted.size(),
                old == 0 ? "" : " and " + old + " old",
                last.getOrDefault(service, ""));
    }

    private static String bar(int percent) {
        int filled = percent * BAR / 100;
        return "[" + "#".repeat(filled) + "-".repeat(BAR - filled) + "]";
    }
}
