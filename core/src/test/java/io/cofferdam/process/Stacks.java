package io.cofferdam.process;

import io.cofferdam.driver.CreateRequest;
import io.cofferdam.engine.EngineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Networks of a state directory as the driver uses them, for tests. */
final class Stacks {

    private Stacks() {}

    static ProcessNetworks plain(Path state) {
        return open(state, "off");
    }

    static ProcessNetworks isolated(Path state) {
        return open(state, "required");
    }

    static ProcessNetworks open(Path state, String namespaces) {
        return new ProcessNetworks(
                EngineConfig.builder().option(Namespaces.OPTION, namespaces).build(), state);
    }

    static Path directory(Path state, String unit) throws IOException {
        return Files.createDirectories(state.resolve("environments").resolve(unit));
    }

    static NetworkMember join(ProcessNetworks networks, Path state, String network, String unit, String... names)
            throws IOException {
        networks.ensure(network, Map.of());
        return networks.join(
                Optional.of(new CreateRequest.Membership(network, names.length == 0 ? List.of(unit) : List.of(names))),
                unit,
                directory(state, unit));
    }

    /** The lines of a hosts file that count, as a resolver reads them. */
    static List<String> lines(NetworkMember member) throws IOException {
        return Files.readAllLines(member.hostsFile().orElseThrow()).stream()
                .filter(line -> !line.startsWith("#") && !line.contains("localhost"))
                .toList();
    }
}
