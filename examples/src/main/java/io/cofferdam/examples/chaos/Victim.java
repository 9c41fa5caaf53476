package io.cofferdam.examples.chaos;

import io.cofferdam.Cofferdam;
import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.error.CofferdamException;
import io.cofferdam.resource.NetworkSpec;
import io.cofferdam.resource.VolumeSpec;
import io.cofferdam.stack.Stack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;

/** The program that is killed: it makes, starts and removes things of its session until its end. */
final class Victim {

    /** What everything carries that this program makes. */
    private static final String RUN = "chaos";

    private final Orchestrator engine;
    private final String run;
    private final String image;
    private final Random random;
    private int count;

    private Victim(Orchestrator engine, String run, String image, int number) {
        this.engine = engine;
        this.run = run + "-" + number;
        this.image = image;
        this.random = new Random(number);
    }

    /**
     * Runs until it is killed.
     *
     * @param args engine, run, image, state directory
     */
    public static void main(String[] args) {
        EngineConfig config =
                EngineConfig.builder().stateDirectory(Path.of(args[3])).build();
        Orchestrator engine = Cofferdam.open(args[0], config);
        System.out.println("ready");
        for (int thread = 0; thread < 2; thread++) {
            int number = thread;
            new Thread(() -> new Victim(engine, args[1], args[2], number).loop(), "victim-" + number).start();
        }
    }

    private void loop() {
        while (true) {
            try {
                switch (random.nextInt(4)) {
                    case 0 -> single();
                    case 1 -> stack();
                    case 2 -> network();
                    default -> left();
                }
            } catch (CofferdamException failed) {
                System.err.println(failed.getMessage());
            }
        }
    }

    private EnvironmentSpec.Builder spec(String name) {
        EnvironmentSpec.Builder spec = engine.info().engine().equals(Cofferdam.PROCESS)
                ? EnvironmentSpec.builder()
                : EnvironmentSpec.image(image);
        return spec.name(name)
                .withCommand("sh", "-c", "sleep 600 & sleep 600")
                .label(RUN, run)
                .stopGrace(Duration.ZERO)
                .lifetime(Lifetime.session());
    }

    private String name(String kind) {
        return run + "-" + kind + "-" + count++;
    }

    private void single() {
        try (IsolatedEnvironment environment =
                engine.environments().run(spec(name("one")).build())) {
            environment.status();
        }
    }

    private void stack() {
        Stack stack = Stack.of(engine, name("stack"));
        stack.run(spec(name("web")).build());
        stack.create(spec(name("db")).build());
        stack.remove();
    }

    private void network() {
        String name = name("net");
        engine.networks().create(NetworkSpec.named(name));
        engine.volumes().create(VolumeSpec.temporary(name));
        engine.networks().remove(name);
        engine.volumes().remove(name);
    }

    /** What only the end of the session removes. */
    private void left() {
        if (count < 12) {
            engine.environments().create(spec(name("left")).build());
        }
    }
}
