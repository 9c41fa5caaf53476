package io.cofferdam.memory;

import io.cofferdam.driver.UnitEvent;
import io.cofferdam.driver.Watch;
import java.time.Clock;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Delivers events to one listener, in order; what is lost on the way is followed by the word that something was. */
final class MemoryWatch implements Watch, Runnable {

    /** How long an event may be late, and how long it may take until a loss is noticed. */
    private static final long LATE_MILLIS = 20;

    private final Consumer<UnitEvent> sink;
    private final Faults faults;
    private final Clock clock;
    private final Consumer<MemoryWatch> atEnd;
    private final BlockingQueue<UnitEvent> queue = new LinkedBlockingQueue<>();
    private final ReentrantLock delivering = new ReentrantLock();
    private volatile boolean isClosed;

    MemoryWatch(Consumer<UnitEvent> sink, Faults faults, Clock clock, Consumer<MemoryWatch> atEnd) {
        this.sink = sink;
        this.faults = faults;
        this.clock = clock;
        this.atEnd = atEnd;
    }

    void offer(UnitEvent event) {
        queue.add(event);
    }

    @Override
    public void run() {
        boolean hasLost = false;
        try {
            while (!isClosed) {
                UnitEvent event = hasLost ? queue.poll(LATE_MILLIS, TimeUnit.MILLISECONDS) : queue.take();
                if (event == null) {
                    hasLost = false;
                    deliver(UnitEvent.resync(clock.instant()));
                    continue;
                }
                switch (faults.event()) {
                    case ONCE -> deliver(event);
                    case TWICE -> {
                        deliver(event);
                        deliver(event);
                    }
                    case LATE -> {
                        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(LATE_MILLIS));
                        deliver(event);
                    }
                    case LOST -> hasLost = true;
                }
            }
        } catch (InterruptedException switchedOff) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(@Nullable UnitEvent event) {
        delivering.lock();
        try {
            if (!isClosed && event != null) {
                sink.accept(event);
            }
        } finally {
            delivering.unlock();
        }
    }

    @Override
    public void close() {
        isClosed = true;
        delivering.lock();
        delivering.unlock();
        atEnd.accept(this);
        queue.add(UnitEvent.resync(clock.instant()));
    }
}
