package io.cofferdam.memory;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What is sent to one process, and how it waits: for time to pass, or for a signal. */
final class Signals {

    /** The process is ended from outside. */
    static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        final int code;

        Killed(int code) {
            super("killed: " + code, null, false, false);
            this.code = code;
        }
    }

    private static final Map<String, Integer> NUMBERS =
            Map.of("HUP", 1, "INT", 2, "QUIT", 3, "KILL", 9, "USR1", 10, "USR2", 12, "TERM", 15);

    /** How long a wake-up waits for what it has woken, in reality. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Scheduler scheduler;
    private final Runnable blocked;
    private final Map<String, String> traps = new HashMap<>();
    private final Deque<String> pending = new ArrayDeque<>();
    private int killed;
    private boolean isWaiting;
    private boolean isOver;

    /** @param blocked is told whenever the process is about to wait */
    Signals(Scheduler scheduler, Runnable blocked) {
        this.scheduler = scheduler;
        this.blocked = blocked;
    }

    /** Sends one; without a trap it ends the process. */
    synchronized void send(String signal) {
        String name = name(signal);
        if (name.equals("KILL") || !traps.containsKey(name)) {
            killed = killed == 0 ? 128 + NUMBERS.getOrDefault(name, 15) : killed;
        } else {
            pending.add(name);
        }
        notifyAll();
    }

    synchronized void trap(String action, String signal) {
        traps.put(name(signal), action);
    }

    synchronized void dropTraps() {
        traps.clear();
    }

    /** What is to be done for a signal that came; null if none has. */
    synchronized @Nullable String nextTrap() {
        check();
        String name = pending.poll();
        return name == null ? null : traps.get(name);
    }

    /** Waits for ever, or until a signal comes that is trapped. */
    synchronized void awaitSignal() {
        while (pending.isEmpty()) {
            check();
            pause(true);
        }
        check();
    }

    /** Lets time pass; traps are seen to afterwards, as shells do it. */
    void sleep(Duration time) {
        boolean[] isDue = new boolean[1];
        Cancellable alarm = scheduler.schedule(time, () -> {
            synchronized (this) {
                isDue[0] = true;
                isWaiting = false;
                notifyAll();
                awaitRest();
            }
        });
        synchronized (this) {
            try {
                while (!isDue[0]) {
                    check();
                    pause(false);
                }
            } finally {
                alarm.cancel();
            }
        }
    }

    /** Whoever has woken the process waits until it waits again, or is over, so that it is not late by the time it goes by. */
    private void awaitRest() {
        long end = System.nanoTime() + PATIENCE_NANOS;
        try {
            for (long left = PATIENCE_NANOS; !isWaiting && !isOver && left > 0; left = end - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            }
        } catch (InterruptedException switchedOff) {
            Thread.currentThread().interrupt();
        }
    }

    /** The process has ended, and everybody can see that. */
    synchronized void over() {
        isOver = true;
        notifyAll();
    }

    private void check() {
        if (killed != 0) {
            throw new Killed(killed);
        }
    }

    private void pause(boolean forSignals) {
        isWaiting = true;
        notifyAll();
        blocked.run();
        try {
            while (isWaiting && killed == 0 && (pending.isEmpty() || !forSignals)) {
                wait();
            }
            isWaiting = false;
        } catch (InterruptedException e) {
            // The engine is switched off.
            throw new Killed(137);
        }
    }

    private static String name(String signal) {
        String name = signal.startsWith("SIG") ? signal.substring(3) : signal;
        return NUMBERS.entrySet().stream()
                .filter(known -> known.getValue().toString().equals(name))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElse(name);
    }
}
