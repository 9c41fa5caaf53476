package io.cofferdam.process;

import io.cofferdam.error.NotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** The main class of child JVMs that make, join, leave and remove networks as fast as they can. */
final class Crowd {

    private Crowd() {}

    public static void main(String... arguments) throws Exception {
        Path state = Path.of(arguments[0]);
        String jvm = arguments[1];
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (ProcessNetworks one = Stacks.plain(state);
                ProcessNetworks other = Stacks.plain(state)) {
            var rounds = IntStream.range(0, 4)
                    .<Future<?>>mapToObj(thread -> threads.submit(() -> {
                        rounds(thread % 2 == 0 ? one : other, state, jvm + "-" + thread);
                        return null;
                    }))
                    .toList();
            for (Future<?> round : rounds) {
                round.get();
            }
        } finally {
            threads.shutdown();
        }
    }

    private static void rounds(ProcessNetworks networks, Path state, String unit) throws IOException {
        for (int round = 0; round < 25; round++) {
            String network = "net" + round % 3;
            NetworkMember member = joined(networks, state, network, unit);
            if (!Stacks.lines(member).contains(member.address() + " " + unit)) {
                throw new AssertionError(unit + " is not in " + Stacks.lines(member));
            }
            networks.leave(unit, Stacks.directory(state, unit));
            networks.remove(network);
        }
        Files.delete(Stacks.directory(state, unit));
    }

    /** Somebody else may remove the network between our making it and joining it. */
    private static NetworkMember joined(ProcessNetworks networks, Path state, String network, String unit)
            throws IOException {
        while (true) {
            try {
                return Stacks.join(networks, state, network, unit);
            } catch (NotFoundException removedMeanwhile) {
                Thread.onSpinWait();
            }
        }
    }
}
