package io.cofferdam.examples.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command clean up when the program is ended by Ctrl-C or by a termination signal: the command's thread is
 * interrupted, and the end of the program waits until the thread is through with its clean-up.
 */
final class Interrupts implements AutoCloseable {

    /** Longer than any default grace period; whoever cannot wait kills the program, and the next start sweeps up. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final CountDownLatch cleanedUp = new CountDownLatch(1);
    private final Thread hook;
    private volatile boolean interrupted;

    private Interrupts(Thread worker) {
        hook = new Thread(() -> end(worker), "cofferdam-interrupt");
    }

    /** Begins to watch over the calling thread. */
    static Interrupts ofCurrentThread() {
        Interrupts interrupts = new Interrupts(Thread.currentThread());
        Runtime.getRuntime().addShutdownHook(interrupts.hook);
        return interrupts;
    }

    /** Whether the program is being ended. */
    boolean happened() {
        return interrupted;
    }

    /** The clean-up is done. */
    @Override
    public void close() {
        cleanedUp.countDown();
        if (!interrupted) {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException alreadyEnding) {
                interrupted = true;
            }
        }
    }

    private void end(Thread worker) {
        interrupted = true;
        worker.interrupt();
        try {
            if (!cleanedUp.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                System.err.println("cofferdam: gave up cleaning after " + PATIENCE.toSeconds() + " s");
            }
        } catch (InterruptedException impatient) {
            Thread.currentThread().interrupt();
        }
    }
}
