package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Shop.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Keeps a file whose time of change is now while the program is healthy, and which is not there while it is not. A health check can
 * look at it with nothing but a shell.
 */
final class Health {

    private final Fault fault;
    private final Path file;
    private final long start = System.nanoTime();
    private final ScheduledExecutorService beats = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "health");
        thread.setDaemon(true);
        return thread;
    });

    Health(Fault fault, Path file) {
        this.fault = fault;
        this.file = file;
    }

    void watch(Running running) {
        beats.scheduleWithFixedDelay(() -> beat(running), 0, 500, TimeUnit.MILLISECONDS);
    }

    void end() {
        beats.shutdownNow();
    }

    private void beat(Running running) {
        try {
            if (running.isHealthy() && fault.isHealthyAfter(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))) {
                Files.writeString(file, "");
            } else {
                Files.deleteIfExists(file);
            }
        } catch (IOException unwritable) {
            System.err.println("shop: could not keep " + file.toAbsolutePath() + ": " + unwritable);
        }
    }
}
