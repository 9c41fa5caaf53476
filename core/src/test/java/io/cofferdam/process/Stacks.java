package io.cofferdam.process;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.driver.CreateRequest;
import io.cofferdam.engine.EngineConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

    /** Runs a main process as the driver's shim does: it writes down who it is and becomes the command. */
    static Process run(Path state, String unit, Map<String, String> variables, List<String> command)
            throws IOException {
        Path run = directory(state, unit).resolve("run");
        Files.deleteIfExists(run);
        List<String> words = new ArrayList<>(List.of(
                "/bin/sh",
                "-c",
                "run=$1; shift; read -r stat </proc/self/stat;"
                        + " printf 'boot\n%s\n%s\n' \"$stat\" \"$stat\" >\"$run\"; exec \"$@\"",
                "shim",
                run.toString()));
        words.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(words).directory(state.toFile());
        builder.environment().putAll(variables);
        Process process = builder.start();
        Deadline deadline = Deadline.in(Duration.ofSeconds(60));
        while (!Files.exists(run) || Files.size(run) == 0) {
            DetachedProcess.pause("starting " + unit, deadline);
        }
        return process;
    }

    /** The words that run a program of these tests in a JVM of its own. */
    static List<String> java(Class<?> program, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                program.getName()));
        words.addAll(List.of(arguments));
        return words;
    }
}
