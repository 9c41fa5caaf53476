package io.cofferdam.examples.shop;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The orders, kept in a file: a line for each that comes in and each that is done. */
final class Orders {

    private static final int REMEMBERED = 10_000;

    private final BufferedWriter journal;
    private final Deque<Order> waiting = new ArrayDeque<>();
    private final Map<Long, String> working = new HashMap<>();
    private final Map<Long, String> done = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, String> eldest) {
            return size() > REMEMBERED;
        }
    };
    private long last;
    private long finished;

    /**
     * What somebody ordered.
     *
     * @param number its number, from 1
     * @param text what was ordered
     */
    record Order(long number, String text) {}

    Orders(Path folder) throws IOException {
        Path file = folder.resolve("orders.log");
        if (Files.exists(file)) {
            for (String line : Files.readAllLines(file)) {
                read(line.split(" ", 3));
            }
        }
        journal = Files.newBufferedWriter(
                file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    synchronized long put(String text) throws IOException {
        Order order = new Order(last + 1, text);
        write("PUT " + order.number() + " " + text);
        last = order.number();
        waiting.add(order);
        notifyAll();
        return order.number();
    }

    /** The next order, if one comes in time. */
    synchronized @Nullable Order take(String worker, long millis) throws InterruptedException {
        long end = System.nanoTime() + millis * 1_000_000;
        for (long left = millis; waiting.isEmpty() && left > 0; left = (end - System.nanoTime()) / 1_000_000) {
            wait(left);
        }
        Order order = waiting.poll();
        if (order != null) {
            working.put(order.number(), worker);
        }
        return order;
    }

    synchronized void done(Order order, String worker) throws IOException {
        write("DONE " + order.number() + " " + worker);
        working.remove(order.number());
        done.put(order.number(), worker);
        finished++;
    }

    /** Who had it has gone; somebody else is to have it, before all others. */
    synchronized void giveBack(Order order) {
        working.remove(order.number());
        waiting.addFirst(order);
        notifyAll();
    }

    synchronized String state(long number) {
        if (done.containsKey(number)) {
            return "DONE " + done.get(number);
        }
        if (working.containsKey(number)) {
            return "WORKING " + working.get(number);
        }
        return waiting.stream().anyMatch(order -> order.number() == number) ? "WAITING" : "UNKNOWN";
    }

    synchronized String count() {
        return "COUNT " + waiting.size() + " " + working.size() + " " + finished;
    }

    private void read(String[] words) {
        if (words.length < 3) {
            return; // The last line of a program that was killed.
        }
        long number = Long.parseLong(words[1]);
        if (words[0].equals("PUT")) {
            waiting.add(new Order(number, words[2]));
            last = Math.max(last, number);
        } else {
            waiting.removeIf(order -> order.number() == number);
            done.put(number, words[2]);
            finished++;
        }
    }

    private void write(String line) throws IOException {
        journal.write(line + "\n");
        journal.flush();
    }
}
