package io.cofferdam.examples.shop;

import io.cofferdam.examples.shop.Shop.Running;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps a file whose time of change is now while the program is healthy, and which is not there while it is not. A health check can
 * look at it with nothing but a shell.
 */
final class Health {

    private static final Duration BEAT = Duration.ofMillis(500);

    private final Fault fault;
    private final Path file;
    private final long start = System.nanoTime();
    private volatile boolean hasEnded;

    Health(Fault fault, Path file) {
        this.fault = fault;
        this.file = file;
    }

    void watch(Running running) {
        Thread thread = new Thread(
                () -> {
                    while (!hasEnded) {
                        beat(running);
                        LockSupport.parkNanos(BEAT.toNanos());
                    }
                },
                "health");
        thread.setDaemon(true);
        thread.start();
    }

    void end() {
        hasEnded = true;
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
