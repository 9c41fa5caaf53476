package io.cofferdam.docker;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.IsolatedEnvironment;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.environment.Mount;
import io.cofferdam.environment.Snapshot;
import io.cofferdam.resource.BuildSpec;
import io.cofferdam.resource.NetworkSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A program that makes what belongs to its session, says so, and waits to be killed. */
public final class Victim {

    private Victim() {}

    /**
     * Runs until it is killed.
     *
     * @param args what names begin with; {@code session}; {@code ttl MILLIS} to end by itself; {@code restore}, {@code save},
     *     {@code copy FOLDER} or {@code build}, to be killed in the middle of that
     */
    public static void main(String[] args) throws InterruptedException {
        Orchestrator engine = new DockerProvider().open(EngineConfig.defaults());
        if (args[1].equals("ttl")) {
            Duration time = Duration.ofMillis(Long.parseLong(args[2]));
            engine.environments()
                    .create(idle(args[0] + "-timed")
                            .lifetime(Lifetime.ttl(time))
                            .build());
            engine.close();
            return;
        }
        if (!args[1].equals("session")) {
            act(engine, args);
            return;
        }
        engine.networks().create(NetworkSpec.named(args[0] + "-net"));
        engine.environments()
                .run(idle(args[0] + "-web").stack(args[0] + "-stack").build());
        System.out.println("ready");
        engine.environments().create(idle(args[0] + "-created").build());
        new CountDownLatch(1).await();
    }

    private static void act(Orchestrator engine, String[] args) {
        if (args[1].equals("build")) {
            engine.images()
                    .build(BuildSpec.dockerfile(
                                    "FROM " + Docker.BUSYBOX + "\nRUN echo " + args[0] + "\nRUN sleep 600\n")
                            .onOutput(line -> System.out.println(line))
                            .build());
            return;
        }
        IsolatedEnvironment kept = engine.environments()
                .run(idle(args[0] + "-kept")
                        .mount(Mount.volume(args[0] + "-data", "/data"))
                        .lifetime(Lifetime.persistent())
                        .stopGrace(Duration.ZERO)
                        .build());
        kept.exec("sh", "-c", "echo saved > /data/a");
        switch (args[1]) {
            case "copy" -> kept.copyOut("/data", Path.of(args[2], "target"));
            case "save" -> kept.snapshot(args[0] + "-snapshot");
            default -> {
                Snapshot saved = kept.snapshot(args[0] + "-snapshot");
                kept.exec("sh", "-c", "echo newer > /data/a; echo newest > /data/b");
                System.out.println("ready");
                kept.restore(saved);
            }
        }
    }

    static EnvironmentSpec.Builder idle(String name) {
        return EnvironmentSpec.image(Docker.BUSYBOX).name(name).withCommand("sleep", "600");
    }
}
