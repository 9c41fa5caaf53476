package io.cofferdam.examples.cli;

import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.LabelSelector;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.resource.Network;
import io.cofferdam.resource.NetworkSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Networks by name; without a command of its own it lists them. */
@Command(
        name = "networks",
        description = "Lists, makes and removes networks, and lets environments join and leave them.",
        subcommands = {
            NetworksCommand.Listing.class,
            NetworksCommand.Create.class,
            NetworksCommand.Remove.class,
            NetworksCommand.Connect.class,
            NetworksCommand.Disconnect.class,
            NetworksCommand.Prune.class
        })
final class NetworksCommand extends EngineCommand {

    @Override
    int run(Orchestrator engine) {
        return list(this, engine, Map.of());
    }

    private static int list(EngineCommand command, Orchestrator engine, Map<String, String> labels) {
        List<Network> networks = engine.networks().list(new LabelSelector(labels));
        if (command.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put(
                    "networks",
                    networks.stream()
                            .map(network ->
                                    Documents.network(network, engine.networks().members(network.name())))
                            .toList());
            command.print(document);
            return ExitCode.DONE;
        }
        Table table = new Table("NAME", "SUBNET", "INTERNAL", "MEMBERS");
        networks.forEach(network -> table.row(
                network.name(),
                network.subnet().orElse(""),
                network.internal() ? "yes" : "no",
                String.join(
                        ", ",
                        engine.networks().members(network.name()).stream()
                                .map(Network.Member::environment)
                                .toList())));
        table.print(command.terminal());
        return ExitCode.DONE;
    }

    /** Lists networks. */
    @Command(name = "ls", description = "Lists networks and who is in them.")
    static final class Listing extends EngineCommand {

        @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "those with this label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Override
        int run(Orchestrator engine) {
            return list(this, engine, labels);
        }
    }

    /** Makes a network. */
    @Command(name = "create", description = "Makes a network, which stays until it is removed.")
    static final class Create extends EngineCommand {

        @Parameters(paramLabel = "NAME", description = "its name")
        private String name = "";

        @Option(names = "--subnet", paramLabel = "CIDR", description = "its address range; chosen if not given")
        @Nullable
        private String subnet;

        @Option(names = "--internal", description = "its members reach nothing outside it, and nothing reaches them")
        private boolean internal;

        @Option(names = "--label", paramLabel = "K=V", description = "a label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Override
        int run(Orchestrator engine) {
            Network made =
                    engine.networks().create(new NetworkSpec(name, subnet, internal, labels, Lifetime.persistent()));
            if (json()) {
                print(Documents.network(made, List.of()));
            } else {
                terminal().out().println(made.name());
            }
            return ExitCode.DONE;
        }
    }

    /** Removes networks. */
    @Command(name = "rm", description = "Removes networks; without -f only those that nobody is in.")
    static final class Remove extends EngineCommand {

        @Parameters(arity = "1..*", paramLabel = "NAME", description = "networks")
        private List<String> names = new ArrayList<>();

        @Option(
                names = {"-f", "--force"},
                description = "disconnect who is in it first")
        private boolean force;

        @Override
        int run(Orchestrator engine) {
            return Removals.each(this, names, name -> {
                if (force) {
                    engine.networks().removeByForce(name);
                    return "";
                }
                return engine.networks().remove(name) ? "" : "an environment is in it; remove that, or use -f";
            });
        }
    }

    /** Lets an environment join. */
    @Command(name = "connect", description = "Makes an environment a member of a network, also while it runs.")
    static final class Connect extends EngineCommand {

        @Parameters(index = "0", paramLabel = "NETWORK", description = "the network")
        private String network = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "the environment")
        private String name = "";

        @Option(names = "--alias", paramLabel = "A", description = "a further name there; can be repeated")
        private List<String> aliases = new ArrayList<>();

        @Override
        int run(Orchestrator engine) {
            engine.networks().connect(network, name, aliases.toArray(String[]::new));
            return told(this, network, name, "is in");
        }
    }

    /** Lets an environment leave. */
    @Command(name = "disconnect", description = "Takes an environment out of a network, also while it runs.")
    static final class Disconnect extends EngineCommand {

        @Parameters(index = "0", paramLabel = "NETWORK", description = "the network")
        private String network = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "the environment")
        private String name = "";

        @Override
        int run(Orchestrator engine) {
            engine.networks().disconnect(network, name);
            return told(this, network, name, "is not in");
        }
    }

    private static int told(EngineCommand command, String network, String name, String how) {
        if (command.json()) {
            Map<String, @Nullable Object> document = Json.object();
            document.put("network", network);
            document.put("environment", name);
            document.put("connected", how.equals("is in"));
            command.print(document);
        } else {
            command.terminal().out().println(Text.visible(name + " " + how + " " + network));
        }
        return ExitCode.DONE;
    }

    /** Removes what nobody uses. */
    @Command(name = "prune", description = "Removes networks that nobody is in.")
    static final class Prune extends EngineCommand {

        @Option(names = "--label", paramLabel = "KEY[=VALUE]", description = "those with this label; can be repeated")
        private Map<String, String> labels = new LinkedHashMap<>();

        @Option(names = "--age", paramLabel = "D", description = "only those made at least that long ago")
        private Duration age = Duration.ZERO;

        @Override
        int run(Orchestrator engine) {
            return Removals.told(this, engine.networks().prune(new LabelSelector(labels), age));
        }
    }
}
