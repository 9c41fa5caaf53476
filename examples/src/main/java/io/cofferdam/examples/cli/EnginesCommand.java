package io.cofferdam.examples.cli;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.Capabilities;
import io.cofferdam.engine.Capability;
import io.cofferdam.engine.CapabilityComparison;
import io.cofferdam.engine.Discovery;
import io.cofferdam.engine.EngineInfo;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.DataSize;
import io.cofferdam.error.InvalidInputException;
import io.cofferdam.error.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Which engines are there, which are not and why, and what they can do. */
@Command(name = "engines", description = "Shows which engines there are, why others are not, and what they can do.")
final class EnginesCommand implements Callable<Integer> {

    @ParentCommand
    @Nullable
    private CofferdamCommand root;

    @Option(
            names = "--compare",
            arity = "2",
            paramLabel = "NAME",
            description = "what two engines can do, side by side")
    private List<String> compared = new ArrayList<>();

    @Override
    public Integer call() {
        return compared.isEmpty() ? list() : compare();
    }

    private int list() {
        CofferdamCommand program = Parts.given(root);
        String only = program.engine();
        List<Discovery> engines = Cofferdam.discover(program.config()).stream()
                .filter(engine -> only == null || engine.engine().equals(only))
                .toList();
        if (only != null && engines.isEmpty()) {
            throw new InvalidInputException(
                    "engine '" + only + "'", List.of(Problem.at("engine", "there is no back end of that name")));
        }
        if (program.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("engines", engines.stream().map(this::document).toList());
            print(document);
        } else {
            engines.forEach(this::show);
        }
        boolean missing = only != null && !engines.get(0).isAvailable();
        return missing ? ExitCode.NO_ENGINE : ExitCode.DONE;
    }

    private void show(Discovery engine) {
        Terminal terminal = Parts.given(root).terminal();
        EngineInfo info = engine.found();
        if (info == null) {
            line(engine.engine() + ": not available");
        } else {
            line(engine.engine() + ": " + info.version()
                    + (info.apiVersion().isEmpty() ? "" : " (API " + info.apiVersion() + ")") + " at "
                    + info.endpoint());
            line("  machine: " + machine(info));
            info.details().entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(detail -> line("  " + detail.getKey() + ": " + detail.getValue()));
            Capabilities capabilities = capabilities(engine);
            line("  can: " + names(capabilities.supported()));
            for (Capability capability : Capability.values()) {
                if (!capabilities.has(capability)) {
                    line("  cannot: " + capability + ", because " + capabilities.reason(capability));
                }
            }
        }
        for (Discovery.Rejected rejected : engine.rejected()) {
            line("  not at " + rejected.candidate() + ": " + rejected.reason());
            if (!rejected.remedy().isEmpty()) {
                line("    to use it: " + rejected.remedy());
            }
        }
        terminal.out().flush();
    }

    private Map<String, @Nullable Object> document(Discovery engine) {
        Map<String, @Nullable Object> document = Json.object();
        EngineInfo info = engine.found();
        document.put("engine", engine.engine());
        document.put("available", engine.isAvailable());
        document.put("version", info == null ? null : info.version());
        document.put("apiVersion", info == null || info.apiVersion().isEmpty() ? null : info.apiVersion());
        document.put("endpoint", info == null ? null : info.endpoint());
        document.put("operatingSystem", info == null ? null : info.operatingSystem());
        document.put("architecture", info == null ? null : info.architecture());
        document.put("processors", info == null || info.cpus() == 0 ? null : info.cpus());
        document.put("memory", info == null || info.memory() == 0 ? null : info.memory());
        document.put("details", info == null ? Map.of() : new TreeMap<>(info.details()));
        List<Object> rejections = new ArrayList<>();
        for (Discovery.Rejected rejected : engine.rejected()) {
            Map<String, @Nullable Object> rejection = Json.object();
            rejection.put("candidate", rejected.candidate());
            rejection.put("reason", rejected.reason());
            rejection.put("remedy", rejected.remedy());
            rejections.add(rejection);
        }
        document.put("rejected", rejections);
        document.put("capabilities", info == null ? null : document(capabilities(engine)));
        return document;
    }

    private Map<String, @Nullable Object> document(Capabilities capabilities) {
        Map<String, String> missing = new TreeMap<>();
        for (Capability capability : Capability.values()) {
            if (!capabilities.has(capability)) {
                missing.put(capability.toString(), capabilities.reason(capability));
            }
        }
        Map<String, @Nullable Object> document = Json.object();
        document.put("supported", list(capabilities.supported()));
        document.put("missing", missing);
        return document;
    }

    private Capabilities capabilities(Discovery engine) {
        try (Orchestrator opened =
                Cofferdam.open(engine.engine(), Parts.given(root).config())) {
            return opened.capabilities();
        }
    }

    private int compare() {
        CofferdamCommand program = Parts.given(root);
        CapabilityComparison comparison = Cofferdam.compare(compared.get(0), compared.get(1), program.config());
        if (program.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("first", comparison.first());
            document.put("second", comparison.second());
            document.put("both", list(comparison.both()));
            document.put("onlyFirst", list(comparison.onlyFirst()));
            document.put("onlySecond", list(comparison.onlySecond()));
            document.put("neither", list(comparison.neither()));
            print(document);
            return ExitCode.DONE;
        }
        Table table = new Table(
                "CAPABILITY",
                comparison.first().toUpperCase(Locale.ROOT),
                comparison.second().toUpperCase(Locale.ROOT),
                "WHAT IT IS");
        for (Capability capability : Capability.values()) {
            boolean both = comparison.both().contains(capability);
            table.row(
                    capability,
                    both || comparison.onlyFirst().contains(capability) ? "yes" : "no",
                    both || comparison.onlySecond().contains(capability) ? "yes" : "no",
                    capability.description());
        }
        table.print(program.terminal());
        return ExitCode.DONE;
    }

    private void line(String text) {
        Parts.given(root).terminal().out().println(Text.visible(text));
    }

    private void print(Map<String, ?> document) {
        Terminal terminal = Parts.given(root).terminal();
        terminal.out().println(terminal.outIsTerminal() ? Json.pretty(document) : Json.line(document));
    }

    private static String machine(EngineInfo info) {
        return info.operatingSystem() + " " + info.architecture()
                + (info.cpus() == 0 ? "" : ", " + info.cpus() + " processors")
                + (info.memory() == 0 ? "" : ", " + DataSize.format(info.memory()) + " memory");
    }

    private static String names(Collection<Capability> capabilities) {
        return capabilities.stream().sorted().map(Capability::toString).collect(Collectors.joining(", "));
    }

    private static List<String> list(Collection<Capability> capabilities) {
        return capabilities.stream().sorted().map(Capability::toString).toList();
    }
}
