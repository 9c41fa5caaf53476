package io.cofferdam.process;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Probe;
import io.cofferdam.environment.Readiness;
import io.cofferdam.environment.Snapshot;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
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
     * @param args the state directory; then {@code session}, {@code persistent}, {@code ttl MILLIS} to end by itself, or
     *     {@code restore FILE} to wait for that file when the volume of an environment has its former content
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
            case "restore" -> {
                Path file = Files.createFile(Path.of(args[2]));
                IsolatedEnvironment kept = engine.environments()
                        .run(idle("kept")
                                .mount(Mount.volume("data", "/data"))
                                .readyWhen(Readiness.probe(Probe.command("test", "-f", file.toString())))
                                .stopGrace(Duration.ZERO)
                                .lifetime(Lifetime.persistent())
                                .build());
                kept.exec("sh", "-c", "echo saved > data/a");
                Snapshot saved = kept.snapshot("saved");
                kept.exec("sh", "-c", "echo newer > data/a; echo newest > data/b");
                Files.delete(file);
                System.out.println("ready");
                kept.restore(saved);
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
