package io.cofferdam.event;

import io.cofferdam.concurrent.Until;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A subscriber that stays in its first call, deaf to interrupts, until it is opened. */
final class Gate implements Consumer<Fact> {

    private final CountDownLatch entered = new CountDownLatch(1);
    private final CountDownLatch open = new CountDownLatch(1);
    private final List<Integer> seen = new CopyOnWriteArrayList<>();

    @Override
    public void accept(Fact fact) {
        entered.countDown();
        Until.ignoringInterrupts(open);
        seen.add(fact.number());
    }

    void awaitEntered() {
        Until.ignoringInterrupts(entered);
    }

    void open() {
        open.countDown();
    }

    List<Integer> seen() {
        return seen;
    }
}
