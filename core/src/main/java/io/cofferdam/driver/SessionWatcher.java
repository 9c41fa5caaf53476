package io.cofferdam.driver;

import io.cofferdam.concurrent.Cancellable;
import io.cofferdam.environment.Lifetime;
import io.cofferdam.watcher.Liveness;
import io.cofferdam.watcher.Sweeper;
import io.cofferdam.watcher.Watcher;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The watcher's process, seen from the JVM it watches. It is started when the first thing is about to be made that is to go
 * with the session or at some time, and its pipe is there before the engine is asked to make it. While the orchestrator is
 * open, a watcher that ended is started anew.
 */
final class SessionWatcher {

    private static final Logger LOG = LoggerFactory.getLogger(SessionWatcher.class);

    private static final List<String> SMALL = List.of(
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-Xms4m",
            "-Xmx24m",
            "-Xss256k",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:ReservedCodeCacheSize=8m",
            "-XX:MaxMetaspaceSize=32m",
            "-Xshare:auto",
            "-XX:-UsePerfData");

    /** What a JVM may need; all other variables may hold secrets, or options that are meant for this one. */
    private static final Set<String> INHERITED =
            Set.of("PATH", "LD_LIBRARY_PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot", "SYSTEMROOT");

    private static final Duration END = Duration.ofSeconds(3);
    private static final Duration LONG_LIFE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(20);
    private static final int MOST_SHORT_LIVES = 6;

    private final EngineSession session;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Process process;
    private @Nullable Cancellable restart;
    private final Set<Path> stages = new LinkedHashSet<>();
    private boolean timed;
    private boolean closed;
    private boolean warned;
    private long started;
    private int shortLives;

    SessionWatcher(EngineSession session) {
        this.session = session;
    }

    /** Something with this lifetime is about to be made: from the return on it ends even if this JVM is killed. */
    void expect(Lifetime lifetime) {
        boolean ttl = lifetime instanceof Lifetime.Ttl;
        if (!ttl && !(lifetime instanceof Lifetime.Session)) {
            return;
        }
        lock.lock();
        try {
            if (closed) {
                return;
            }
            boolean news = ttl && !timed;
            timed |= ttl;
            if (process == null || !process.isAlive()) {
                shortLives = 0;
                start();
            } else if (news) {
                tell(process, Watcher.TTL);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Files are about to be put together in a folder of {@link Temporary} below that one. */
    void expectFilesIn(Path folder) {
        expect(Lifetime.session());
        lock.lock();
        try {
            if (closed || !stages.add(folder) || process == null) {
                return;
            }
            tell(process, stages(folder));
        } finally {
            lock.unlock();
        }
    }

    private static String stages(Path folder) {
        byte[] path = folder.toString().getBytes(StandardCharsets.UTF_8);
        return Watcher.STAGES + Base64.getEncoder().encodeToString(path);
    }

    /** The process, for tests. */
    Optional<ProcessHandle> process() {
        lock.lock();
        try {
            return Optional.ofNullable(process).map(Process::toHandle).filter(ProcessHandle::isAlive);
        } finally {
            lock.unlock();
        }
    }

    private void start() {
        Optional<WatchPlan> plan = session.driver.watchPlan();
        if (plan.isEmpty()) {
            return;
        }
        try {
            Process begun = spawn(plan.get());
            process = begun;
            started = System.nanoTime();
            greet(begun, plan.get());
            var unused = begun.onExit().thenAccept(this::ended);
        } catch (IOException | RuntimeException failure) {
            // What is made now goes with a close, or when the engine is opened the next time.
            if (!warned) {
                LOG.warn(
                        "the watcher that removes what is left if this JVM is killed cannot be started, so that only"
                                + " the next use of the {} engine will remove it: {}",
                        session.engine(),
                        failure.toString());
            }
            warned = true;
        }
    }

    private static Process spawn(WatchPlan plan) throws IOException {
        Path java = Path.of(System.getProperty("java.home"), "bin", "java");
        if (!Files.isExecutable(java) && !Files.isExecutable(java.resolveSibling("java.exe"))) {
            throw new IOException("there is no program " + java);
        }
        List<Class<?>> classes = new ArrayList<>(List.of(Watcher.class, Sweeper.class, Liveness.class));
        classes.addAll(plan.parts());
        Path jar = WatcherJar.of(classes, WatcherJar.places());
        List<String> words = new ArrayList<>(ownSession());
        words.add(java.toString());
        words.addAll(SMALL);
        words.addAll(List.of("-cp", jar.toString(), Watcher.class.getName()));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .directory(jar.toAbsolutePath().resolveSibling(".").toFile());
        builder.environment().keySet().retainAll(INHERITED);
        return builder.start();
    }

    /** Signals to this JVM's process group and the end of its terminal are not for the watcher. */
    private static List<String> ownSession() {
        for (String folder :
                System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(File.pathSeparator, -1)) {
            Path setsid = Path.of(folder, "setsid");
            if (!folder.isEmpty() && Files.isExecutable(setsid)) {
                return List.of(setsid.toString());
            }
        }
        Path shell = Path.of("/bin/sh");
        // What is ignored stays ignored, also by a JVM.
        return Files.isExecutable(shell)
                ? List.of(shell.toString(), "-c", "trap '' HUP INT QUIT; exec \"$@\"", "cofferdam-watcher")
                : List.of();
    }

    private void greet(Process begun, WatchPlan plan) {
        Owner self = Owner.self();
        Map<String, String> settings = new HashMap<>(plan.settings());
        settings.put(Sweeper.OWNER, session.owner);
        settings.put(Watcher.SWEEPER, plan.sweeper().getName());
        settings.put(Watcher.PID, Long.toString(self.pid()));
        settings.put(Watcher.START, self.start());
        settings.put(Watcher.STAGED, Temporary.folderPrefix());
        StringBuilder text = new StringBuilder();
        settings.forEach((key, value) -> text.append(key)
                .append(' ')
                .append(Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8)))
                .append('\n'));
        tell(begun, text.toString());
        if (timed) {
            tell(begun, Watcher.TTL);
        }
        stages.forEach(folder -> tell(begun, stages(folder)));
    }

    private void tell(Process to, String message) {
        try {
            OutputStream pipe = to.getOutputStream();
            pipe.write((message + "\n").getBytes(StandardCharsets.UTF_8));
            pipe.flush();
        } catch (IOException ended) {
            LOG.debug("the watcher ended before it could be told something", ended);
        }
    }

    private void ended(Process gone) {
        lock.lock();
        try {
            if (closed || process != gone) {
                return;
            }
            boolean soon = System.nanoTime() - started < LONG_LIFE.toNanos();
            shortLives = soon ? shortLives + 1 : 0;
            if (shortLives >= MOST_SHORT_LIVES) {
                LOG.warn(
                        "the watcher of the {} engine ends again and again (exit code {}); it is tried again when"
                                + " something is made",
                        session.engine(),
                        gone.exitValue());
                return;
            }
            LOG.info(
                    "the watcher of the {} engine ended (exit code {}); it is started anew",
                    session.engine(),
                    gone.exitValue());
            restart = session.scheduler.schedule(FIRST_PAUSE.multipliedBy(1L << shortLives), this::startAnew);
        } catch (RejectedExecutionException closing) {
            LOG.debug("the watcher ended while the engine was being closed");
        } finally {
            lock.unlock();
        }
    }

    private void startAnew() {
        lock.lock();
        try {
            if (!closed && process != null && !process.isAlive()) {
                start();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * The session is over.
     *
     * @param clean whether nothing of it is left. Otherwise the watcher goes on and tries when this JVM has ended
     */
    void close(boolean clean) {
        Process last;
        lock.lock();
        try {
            closed = true;
            if (restart != null) {
                restart.cancel();
            }
            last = process;
        } finally {
            lock.unlock();
        }
        if (last == null || !clean) {
            return;
        }
        tell(last, Watcher.CLOSED);
        if (!timed) {
            awaitEnd(last);
        }
    }

    private static void awaitEnd(Process last) {
        boolean interrupted = false;
        try {
            if (!last.waitFor(END.toMillis(), TimeUnit.MILLISECONDS)) {
                last.destroyForcibly();
            }
        } catch (InterruptedException e) {
            interrupted = true;
            last.destroyForcibly();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        try {
            last.getOutputStream().close();
        } catch (IOException ended) {
            LOG.trace("the watcher's pipe is closed", ended);
        }
    }
}
