package io.cofferdam.process;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Lifetime;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Scanner;
import java.util.concurrent.CountDownLatch;

/** A program that makes what belongs to its session, says so, and waits to be killed. */
public final class Victim {

    private Victim() {}

    /**
     * Runs until it is killed.
     *
     * @param args the state directory; then {@code session}, {@code persistent}, or {@code ttl MILLIS} to end by itself
     */
    public static void main(String[] args) throws Exception {
        if (args[1].equals("nested")) {
            new NestedJarLoader()
                    .loadClass(Victim.class.getName())
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) new String[] {args[0], "session"});
        }
        EngineConfig config =
                EngineConfig.builder().stateDirectory(Path.of(args[0])).build();
        Orchestrator engine = new ProcessProvider().open(config);
        switch (args[1]) {
            case "ttl" -> {
                Duration time = Duration.ofMillis(Long.parseLong(args[2]));
                engine.environments()
                        .run(idle("timed").lifetime(Lifetime.ttl(time)).build());
                engine.close();
            }
            case "persistent" -> {
                engine.environments()
                        .run(idle("kept").lifetime(Lifetime.persistent()).build());
                System.out.println("ready");
                new CountDownLatch(1).await();
            }
            default -> {
                engine.environments().run(idle("one").build());
                engine.environments().run(idle("web").stack("shop").build());
                engine.environments().create(idle("never-started").build());
                System.out.println("ready");
                try (Scanner wishes = new Scanner(System.in, StandardCharsets.UTF_8)) {
                    while (wishes.hasNextLine()) {
                        engine.environments().create(idle(wishes.nextLine()).build());
                        System.out.println("made");
                    }
                }
                new CountDownLatch(1).await();
            }
        }
    }

    static EnvironmentSpec.Builder idle(String name) {
        return EnvironmentSpec.builder().name(name).withCommand("sh", "-c", "sleep 600 & sleep 600");
    }
}
