package io.cofferdam.watcher;

import io.cofferdam.api.Experimental;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.Constructor;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The program. Its standard input is a pipe from the JVM it watches: first lines {@code KEY VALUE} with the values in base 64
 * and an empty line after them; then {@link #TTL} when that JVM has made something with an end in time, {@link #STAGES} when it
 * puts files together somewhere, and {@link #CLOSED} when it has closed its engine and left nothing. The end of the pipe means that the JVM has ended; nothing can prevent that
 * signal. The process' own liveness is asked for besides, because a child of that JVM could have inherited the pipe.
 *
 * <p>After the end it sweeps for {@link #LATEST_REQUEST}, so long that a request which was on its way is caught too, and until
 * two passes in a row have found nothing. An engine that cannot be reached is asked again for {@link #PATIENCE}; what is still
 * left then is swept when the engine is opened the next time. Then it lives until the last end in time of what the JVM made.
 */
@Experimental
public final class Watcher {

    /** The setting with the name of the {@link Sweeper}'s class. */
    public static final String SWEEPER = "sweeper";

    /** The setting with the number of the watched process. */
    public static final String PID = "pid";

    /** The setting with the start of the watched process, as {@link Liveness} tells it. */
    public static final String START = "start";

    /** The setting with what the names of the folders begin with that the watched JVM puts files together in. */
    public static final String STAGED = "staged";

    /** The beginning of the message that such a folder is made in another one, whose path follows in base 64. */
    public static final String STAGES = "stages ";

    /** The message that something with an end in time is there. */
    public static final String TTL = "ttl";

    /** The message that the session is over and has left nothing. */
    public static final String CLOSED = "closed";

    /** How late a request may have its effect that was sent before the end. */
    static final Duration LATEST_REQUEST = Duration.ofSeconds(15);

    /** How long an engine is asked that does not answer. */
    static final Duration PATIENCE = Duration.ofMinutes(15);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    /** How soon it sees that what it waits for was removed by somebody else, or that the clock was set: nothing tells it. */
    private static final Duration LONGEST_SLEEP = Duration.ofSeconds(5);

    private static final long LOOK_MILLIS = 2000;
    private static final String END = "";

    private final Sweeper sweeper;
    private final LinkedBlockingQueue<String> messages;
    private final long pid;
    private final String start;
    private final String staged;

    /** Where the watched JVM puts files together. */
    private final Set<Path> stages = new HashSet<>();

    private long troubleSince;

    private Watcher(Sweeper sweeper, LinkedBlockingQueue<String> messages, Map<String, String> settings) {
        this.sweeper = sweeper;
        this.messages = messages;
        this.pid = Long.parseLong(settings.getOrDefault(PID, "0"));
        this.start = settings.getOrDefault(START, "");
        this.staged = settings.getOrDefault(STAGED, "");
    }

    /**
     * Watches until there is nothing to watch over any more.
     *
     * @param args none
     * @throws Exception if it was not started as it should be
     */
    public static void main(String[] args) throws Exception {
        BufferedReader pipe = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Map<String, String> settings = settings(pipe);
        if (settings == null) {
            return; // It ended before it could make anything.
        }
        Constructor<?> constructor =
                Class.forName(settings.getOrDefault(SWEEPER, "")).getDeclaredConstructor(Map.class);
        constructor.setAccessible(true);
        LinkedBlockingQueue<String> messages = new LinkedBlockingQueue<>();
        Thread reader = new Thread(() -> read(pipe, messages), "pipe");
        reader.setDaemon(true);
        reader.start();
        new Watcher((Sweeper) constructor.newInstance(settings), messages, settings).watch();
    }

    /** The lines before the empty one; null if the pipe ends before. */
    private static @Nullable Map<String, String> settings(BufferedReader pipe) throws IOException {
        Map<String, String> settings = new LinkedHashMap<>();
        for (String line = pipe.readLine(); line != null; line = pipe.readLine()) {
            if (line.isEmpty()) {
                return settings;
            }
            int space = line.indexOf(' ');
            byte[] value = Base64.getDecoder().decode(line.substring(space + 1));
            settings.put(line.substring(0, space), new String(value, StandardCharsets.UTF_8));
        }
        return null;
    }

    private static void read(BufferedReader pipe, LinkedBlockingQueue<String> messages) {
        try {
            for (String line = pipe.readLine(); line != null; line = pipe.readLine()) {
                messages.add(line);
            }
        } catch (IOException broken) {
            // That is an end like any other.
        }
        messages.add(END);
    }

    private void watch() throws InterruptedException {
        boolean timed = false;
        while (true) {
            String message = messages.poll(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            if (CLOSED.equals(message)) {
                if (timed) {
                    untilTheLastEnd(false, Instant.now());
                }
                return;
            }
            timed |= TTL.equals(message);
            if (message != null && message.startsWith(STAGES)) {
                byte[] path = Base64.getDecoder().decode(message.substring(STAGES.length()));
                stages.add(Path.of(new String(path, StandardCharsets.UTF_8)));
            }
            if (END.equals(message) || !Liveness.isAlive(pid, start)) {
                awaitDeath();
                stages.forEach(this::clear);
                Instant next = afterDeath();
                if (next != null) {
                    untilTheLastEnd(true, next);
                }
                return;
            }
        }
    }

    /** Removes what the watched JVM was putting together beside its place. */
    private void clear(Path folder) {
        if (staged.isEmpty()) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(folder)) {
            for (Path path : left) {
                if (String.valueOf(path.getFileName()).startsWith(staged)) {
                    delete(path);
                }
            }
        } catch (IOException | DirectoryIteratorException kept) {
            // The next one who puts files together there removes it.
        }
    }

    private static void delete(Path path) throws IOException {
        if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
            try (DirectoryStream<Path> inside = Files.newDirectoryStream(path)) {
                for (Path entry : inside) {
                    delete(entry);
                }
            }
        }
        Files.deleteIfExists(path);
    }

    /** A pipe can end before its process: nothing of a living owner is touched. */
    private void awaitDeath() throws InterruptedException {
        for (long pause = 5; Liveness.isAlive(pid, start); pause = Math.min(2 * pause, LOOK_MILLIS)) {
            TimeUnit.MILLISECONDS.sleep(pause);
        }
    }

    private @Nullable Instant afterDeath() throws InterruptedException {
        long begin = System.nanoTime();
        int quiet = 0;
        Instant next = null;
        Duration pause = SHORTEST_PAUSE;
        while (quiet < 2 || System.nanoTime() - begin < LATEST_REQUEST.toNanos()) {
            Sweeper.Pass pass = pass(true);
            if (isHopeless()) {
                return null;
            }
            quiet = pass != null && pass.found().isEmpty() ? quiet + 1 : 0;
            next = pass == null ? next : pass.next();
            TimeUnit.MILLISECONDS.sleep(pause.toMillis());
            pause = longer(pause, pass == null ? LONGEST_PAUSE : Duration.ofSeconds(1));
        }
        return next;
    }

    private void untilTheLastEnd(boolean ownerIsDead, Instant first) throws InterruptedException {
        Instant next = first;
        Duration pause = SHORTEST_PAUSE;
        while (next != null) {
            long left = Duration.between(Instant.now(), next).toMillis() + 1;
            if (left > 0) {
                TimeUnit.MILLISECONDS.sleep(Math.min(LONGEST_SLEEP.toMillis(), left));
            }
            Sweeper.Pass pass = pass(ownerIsDead);
            if (isHopeless()) {
                return;
            }
            next = pass == null ? next : pass.next();
            if (pass == null || !pass.found().isEmpty()) {
                next = next == null ? Instant.now() : next;
                TimeUnit.MILLISECONDS.sleep(pause.toMillis());
                pause = longer(pause, LONGEST_PAUSE);
            } else {
                pause = SHORTEST_PAUSE;
            }
        }
    }

    private static Duration longer(Duration pause, Duration most) {
        Duration doubled = pause.multipliedBy(2);
        return doubled.compareTo(most) < 0 ? doubled : most;
    }

    /** One pass; null if the engine does not answer. */
    private Sweeper.@Nullable Pass pass(boolean ownerIsDead) {
        Sweeper.Pass pass;
        try {
            pass = sweeper.sweep(ownerIsDead, true);
        } catch (IOException | RuntimeException unreachable) {
            // There is nobody to tell: who could read it is dead.
            pass = null;
        }
        if (pass != null && pass.found().isEmpty()) {
            troubleSince = 0;
        } else if (troubleSince == 0) {
            troubleSince = System.nanoTime();
        }
        return pass;
    }

    /** The engine is away, or something does not go, for too long. */
    private boolean isHopeless() {
        return troubleSince != 0 && System.nanoTime() - troubleSince > PATIENCE.toNanos();
    }
}
