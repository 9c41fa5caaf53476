package io.cofferdam.pipeline;

import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Scheduler;
import io.cofferdam.error.CofferdamException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt of a step: runs it on the calling thread, cuts it off when it is told to, and does what has to be done at its end. One
 * that does not answer its interrupt is given up: its end is done by another thread, and nobody waits for it.
 */
final class Attempt {

    private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);

    /** How long a step may take to answer its interrupt. */
    private static final Duration PATIENCE = Duration.ofMillis(750);

    /** Why an attempt was cut off. */
    enum Cut {
        TIMEOUT,
        CANCEL
    }

    /** How an attempt ended. */
    sealed interface Outcome {}

    /** It did what it was to do. */
    record Done(Map<String, ?> results) implements Outcome {}

    /** It failed. */
    record Failed(Throwable why) implements Outcome {}

    /** It was cut off. */
    record CutOff(Cut why) implements Outcome {}

    private record Exit(String what, StepContext.Exit action) {}

    private final String step;
    private final Scheduler scheduler;
    private final StepStreams streams;
    private final Deque<Exit> exits = new ArrayDeque<>();
    private @Nullable Thread runner;
    private @Nullable Cut cut;
    private boolean isOver;
    private boolean isGivenUp;
    private @Nullable Runnable whenGivenUp;

    Attempt(String step, Scheduler scheduler, StepStreams streams) {
        this.step = step;
        this.scheduler = scheduler;
        this.streams = streams;
    }

    /**
     * Runs it.
     *
     * @param deadline when it is cut off
     * @param givenUp run on another thread if it does not end although it was cut off; this method then returns null, later
     */
    @Nullable
    Outcome run(StepProvider provider, StepContext context, Deadline deadline, Runnable givenUp) {
        synchronized (this) {
            if (cut != null) {
                return new CutOff(cut);
            }
            runner = Thread.currentThread();
            whenGivenUp = givenUp;
        }
        io.cofferdam.concurrent.Cancellable timer =
                deadline.isNone() ? null : scheduler.schedule(deadline.remaining(), () -> cut(Cut.TIMEOUT));
        Outcome outcome;
        try {
            outcome = new Done(provider.run(context));
        } catch (Throwable failed) {
            outcome = new Failed(failed);
        }
        if (timer != null) {
            timer.cancel();
        }
        Cut why;
        synchronized (this) {
            runner = null;
            isOver = true;
            why = cut;
            // The interrupt was this attempt's; what follows must not see it.
            Thread.interrupted();
            if (isGivenUp) {
                return null;
            }
        }
        exits();
        // One that succeeded at the last moment has succeeded.
        return why != null && !(outcome instanceof Done) ? new CutOff(why) : outcome;
    }

    synchronized void onExit(String what, StepContext.Exit exit) {
        exits.push(new Exit(what, exit));
    }

    /** Cuts it off, if it has not ended. The first reason counts. */
    void cut(Cut why) {
        synchronized (this) {
            if (isOver || cut != null) {
                return;
            }
            cut = why;
            if (runner == null) {
                return;
            }
            runner.interrupt();
        }
        scheduler.schedule(PATIENCE, this::giveUp);
    }

    synchronized @Nullable Cut cutOff() {
        return cut;
    }

    private void giveUp() {
        Runnable then;
        synchronized (this) {
            if (isOver) {
                return;
            }
            isOver = true;
            isGivenUp = true;
            then = whenGivenUp;
        }
        LOG.warn("step '{}' does not end although it was interrupted; it is left alone", step);
        exits();
        if (then != null) {
            then.run();
        }
    }

    private void exits() {
        while (true) {
            Exit exit;
            synchronized (this) {
                exit = exits.poll();
            }
            if (exit == null) {
                return;
            }
            try {
                exit.action().run();
            } catch (RuntimeException failed) {
                String why =
                        failed instanceof CofferdamException ? String.valueOf(failed.getMessage()) : failed.toString();
                LOG.warn("{} of step '{}' failed", exit.what(), step, failed);
                try {
                    streams.stderr()
                            .write(("cofferdam: " + exit.what() + " failed: " + why + "\n")
                                    .getBytes(StandardCharsets.UTF_8));
                } catch (java.io.IOException closed) {
                    LOG.debug("the output of step '{}' is closed", step, closed);
                }
            }
        }
    }
}
