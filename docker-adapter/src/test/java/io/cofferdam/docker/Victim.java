package io.cofferdam.docker;

import io.cofferdam.engine.EngineConfig;
import io.cofferdam.engine.Orchestrator;
import io.cofferdam.environment.EnvironmentSpec;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.resource.NetworkSpec;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** A program that makes what belongs to its session, says so, and waits to be killed. */
public final class Victim {

    private Victim() {}

    /**
     * Runs until it is killed.
     *
     * @param args what names begin with; {@code session}, or {@code ttl MILLIS} to end by itself
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
        engine.networks().create(NetworkSpec.named(args[0] + "-net"));
        engine.environments()
                .run(idle(args[0] + "-web").stack(args[0] + "-stack").build());
        System.out.println("ready");
        engine.environments().create(idle(args[0] + "-created").build());
        new CountDownLatch(1).await();
    }

    static EnvironmentSpec.Builder idle(String name) {
        return EnvironmentSpec.image(Docker.BUSYBOX).name(name).withCommand("sleep", "600");
    }
}
