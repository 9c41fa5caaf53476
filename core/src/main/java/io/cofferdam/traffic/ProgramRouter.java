package io.cofferdam.traffic;

import io.cofferdam.concurrent.Bounded;
import io.cofferdam.concurrent.Deadline;
import io.cofferdam.concurrent.Threads;
import io.cofferdam.error.ClosedException;
import io.cofferdam.error.EngineUnavailableException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A router that drives a program of others: each project has a process of its own, so that a change of one project's
 * listeners never reloads what another's clients are connected to. What is in force is in a file; a process that does not
 * run any more is started again by the next call.
 */
abstract class ProgramRouter implements TrafficRouter {

    private static final Duration CALL = Duration.ofSeconds(30);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(100);

    /** File locks are for processes; this one is for the threads of this one. */
    private static final ReentrantLock HERE = new ReentrantLock();

    private final Path folder;
    private final RouteFile state;
    private final Threads threads;

    ProgramRouter(Path stateDirectory) {
        folder = RouteFile.privateFolder(stateDirectory);
        state = new RouteFile(folder.resolve("routes.json"));
        threads = Threads.named("cofferdam-router");
    }

    /** Makes the routes those in force, whether a process runs or not; without routes none runs afterwards. */
    abstract void serve(Program program, List<Route> before, List<Route> after, Deadline deadline) throws IOException;

    abstract boolean isDrained(Program program, List<Route> routes, String target) throws IOException;

    /** The program's name and the file name of its configuration. */
    abstract Program program(Path projectFolder);

    @Override
    public List<Route> apply(String project, List<Route> routes) {
        RoutePorts.check(project, routes);
        return locked("applying the routes of project '" + project + "'", deadline -> {
            Map<String, List<Route>> all = new TreeMap<>(state.read());
            List<Route> before = all.getOrDefault(project, List.of());
            Program program = program(project);
            List<Route> after = new ArrayList<>();
            for (Route route : RoutePorts.keepPorts(routes, before)) {
                boolean ours = program.isRunning()
                        && before.stream().anyMatch(old -> RoutePorts.place(old).equals(RoutePorts.place(route)));
                after.add(ours ? route : RoutePorts.free(project, route, all));
            }
            try {
                serve(program, before, after, deadline);
            } catch (IOException | RuntimeException e) {
                restore(program, before, after, e);
                throw e;
            }
            all.put(project, List.copyOf(after));
            all.values().removeIf(List::isEmpty);
            state.write(all);
            if (after.isEmpty()) {
                program.clear();
            }
            return List.copyOf(after);
        });
    }

    private void restore(Program program, List<Route> wanted, List<Route> failed, Exception why) {
        try {
            serve(program, failed, wanted, Deadline.in(CALL));
        } catch (IOException | RuntimeException notRestored) {
            why.addSuppressed(notRestored);
        }
    }

    @Override
    public List<Route> routes(String project) {
        return locked("reading the routes of project '" + project + "'", deadline -> {
            List<Route> routes = state.read().getOrDefault(project, List.of());
            Program program = program(project);
            if (!routes.isEmpty() && !program.isRunning()) {
                serve(program, List.of(), routes, deadline);
            }
            return routes;
        });
    }

    @Override
    public boolean awaitDrained(String project, String target, Duration timeout) {
        Deadline deadline = Deadline.in(timeout);
        long pause = TimeUnit.MILLISECONDS.toNanos(2);
        String what = "waiting until target '" + target + "' of project '" + project + "' is drained";
        while (true) {
            boolean drained = locked(
                    what,
                    ignored -> isDrained(program(project), state.read().getOrDefault(project, List.of()), target));
            if (drained || deadline.isExpired()) {
                return drained;
            }
            // Neither program tells when a connection ends, so it is asked at growing distances.
            try {
                TimeUnit.NANOSECONDS.sleep(Math.min(pause, deadline.remainingNanos()));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new io.cofferdam.error.OperationInterruptedException(what + " was interrupted", e);
            }
            pause = Math.min(2 * pause, LONGEST_PAUSE.toNanos());
        }
    }

    private interface Work<T> {
        T run(Deadline deadline) throws IOException;
    }

    private <T> T locked(String what, Work<T> work) {
        if (threads.isClosed()) {
            throw new ClosedException(what + " is not possible: this router is closed");
        }
        Deadline deadline = Deadline.in(CALL);
        try {
            return Bounded.<T, IOException>call(
                    threads, deadline, what, () -> holdingTheLock(deadline, work), () -> {});
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    what + " failed (" + name() + ", " + folder + "): " + e.getMessage(), e);
        }
    }

    private <T> T holdingTheLock(Deadline deadline, Work<T> work) throws IOException {
        try {
            HERE.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.nio.channels.ClosedByInterruptException();
        }
        try (FileChannel file =
                        FileChannel.open(folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = file.lock()) {
            if (!lock.isValid()) {
                throw new IOException("the lock " + folder.resolve("lock") + " cannot be had");
            }
            return work.run(deadline);
        } finally {
            HERE.unlock();
        }
    }

    private Program program(String project) throws IOException {
        StringBuilder name = new StringBuilder();
        for (int i = 0; i < project.length(); i++) {
            char c = project.charAt(i);
            boolean plain = (Character.isLetterOrDigit(c) && c < 128) || c == '-';
            name.append(plain ? String.valueOf(c) : "_" + (int) c);
        }
        Path own = folder.resolve(name.toString());
        if (!Files.isDirectory(own)) {
            return program(own);
        }
        return program(RouteFile.privateFolder(own));
    }

    @Override
    public void close() {
        threads.close();
    }
}
