package io.cofferdam.junit;

import io.cofferdam.concurrent.Threads;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;

/** Closes several environments: side by side, but each before those it depends on. */
final class Ends {

    private final Threads threads;
    private final List<Member> members;
    private final List<RuntimeException> failures = Collections.synchronizedList(new ArrayList<>());

    Ends(Threads threads, List<Member> members) {
        this.threads = threads;
        this.members = members;
    }

    /** Waits for all of it, also when the thread is interrupted: what is left behind would be left for good. */
    void run() {
        List<Member> left = new ArrayList<>(members);
        boolean interrupted = Thread.interrupted();
        while (!left.isEmpty()) {
            List<Member> leaves = left.stream()
                    .filter(member -> left.stream()
                            .noneMatch(other -> other.declaration.dependsOn().contains(member.declaration.name())))
                    .toList();
            List<Member> next = leaves.isEmpty() ? List.copyOf(left) : leaves;
            List<Thread> closing = new ArrayList<>();
            next.subList(1, next.size()).forEach(member -> begin(member, closing));
            close(next.get(0));
            for (Thread thread : closing) {
                interrupted |= awaited(thread);
            }
            left.removeAll(next);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.get(0);
            failures.subList(1, failures.size()).forEach(first::addSuppressed);
            throw first;
        }
    }

    private void begin(Member member, List<Thread> closing) {
        try {
            closing.add(threads.start("removal", () -> close(member)));
        } catch (RejectedExecutionException closed) {
            close(member);
        }
    }

    private void close(Member member) {
        try {
            member.close();
        } catch (RuntimeException failed) {
            failures.add(failed);
        }
    }

    private static boolean awaited(Thread thread) {
        boolean interrupted = false;
        while (true) {
            try {
                thread.join();
                return interrupted;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
    }
}
