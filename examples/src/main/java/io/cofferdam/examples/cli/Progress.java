package io.cofferdam.examples.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** A line on the terminal that tells what is going on and for how long; nothing where nobody watches. */
final class Progress {

    private static final String[] FRAMES = {"|", "/", "-", "\\"};

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread painter;

    private Progress(Terminal terminal, String what) {
        painter = new Thread(() -> paint(terminal, what), "cofferdam-progress");
        painter.setDaemon(true);
    }

    /** Does some work, and says so on the terminal meanwhile. */
    static <T> T during(String what, Terminal terminal, Supplier<T> work) {
        if (!terminal.errIsTerminal()) {
            return work.get();
        }
        Progress progress = new Progress(terminal, Text.visible(what));
        progress.painter.start();
        try {
            return work.get();
        } finally {
            progress.end();
        }
    }

    private void end() {
        done.countDown();
        boolean interrupted = Thread.interrupted();
        try {
            painter.join();
        } catch (InterruptedException again) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void paint(Terminal terminal, String what) {
        long start = System.nanoTime();
        try {
            for (int frame = 0; !done.await(150, TimeUnit.MILLISECONDS); frame++) {
                long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - start);
                terminal.err().print("\r" + FRAMES[frame % FRAMES.length] + " " + what + "  " + seconds + "s ");
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
        terminal.err().print("\r\u001b[K");
    }
}
