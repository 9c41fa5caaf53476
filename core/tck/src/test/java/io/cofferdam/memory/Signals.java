package io.cofferdam.memory;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.concurrent.Scheduler;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
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

    private final Scheduler scheduler;
    private final Runnable blocked;
    private final Map<String, String> traps = new HashMap<>();
    private final Deque<String> pending = new ArrayDeque<>();
    private int killed;

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
        blocked.run();
        while (pending.isEmpty()) {
            check();
            pause();
        }
        check();
    }

    /** Lets time pass; traps are seen to afterwards, as shells do it. */
    void sleep(Duration time) {
        boolean[] isOver = new boolean[1];
        Cancellable alarm = scheduler.schedule(time, () -> {
            synchronized (this) {
                isOver[0] = true;
                notifyAll();
            }
        });
        synchronized (this) {
            blocked.run();
            try {
                while (!isOver[0]) {
                    check();
                    pause();
                }
            } finally {
                alarm.cancel();
            }
        }
    }

    private void check() {
        if (killed != 0) {
            throw new Killed(killed);
        }
    }

    private void pause() {
        try {
            wait();
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
