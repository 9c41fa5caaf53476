package io.cofferdam.process.watcher;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Ends all processes of one environment: its shim and main process with all descendants and the shim's session, whatever
 * carries its identifier among its variables, and its relays. The files are described where they are written, in
 * {@code Shim}, {@code ProcessTree} and {@code PortRelays}.
 */
final class UnitProcesses {

    private static final Path PROC = Path.of("/proc");
    private static final boolean LINUX = Files.isReadable(PROC.resolve("self/stat"));
    private static final Duration EARLIEST = Duration.ofSeconds(10);
    private static final Duration LATEST = Duration.ofSeconds(2);

    /** How long processes may take to vanish that got SIGKILL. */
    private static final Duration VANISHING = Duration.ofSeconds(5);

    private final Path unit;
    private final String id;

    UnitProcesses(Path unit, String id) {
        this.unit = unit;
        this.id = id;
    }

    /** One process; see proc(5). */
    private record Stat(long pid, char state, long parent, long session, String start) {

        static Stat parse(String line) {
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
            return new Stat(
                    Long.parseLong(line.substring(0, line.indexOf(' '))),
                    fields[0].charAt(0),
                    Long.parseLong(fields[1]),
                    Long.parseLong(fields[3]),
                    fields[19]);
        }

        boolean isAlive() {
            return state != 'Z' && state != 'X';
        }
    }

    /** Returns when none is left, or they take too long: the next pass goes on then. */
    void end() throws IOException {
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < VANISHING.toNanos()) {
            Set<Long> left = LINUX ? members() : handles();
            left.remove(ProcessHandle.current().pid());
            if (left.isEmpty()) {
                return;
            }
            for (long pid : left) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(2);
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
                return;
            }
        }
        throw new IOException("processes of " + id + " do not end");
    }

    /** Lets those go on that were stopped; nothing happens to the others. */
    void letGoOn() throws IOException {
        List<String> words = new ArrayList<>(List.of("/bin/sh", "-c", "kill -s CONT \"$@\"", "kill"));
        for (long pid : LINUX ? members() : handles()) {
            words.add(Long.toString(pid));
        }
        if (words.size() == 4) {
            return;
        }
        Process kill = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            kill.waitFor();
        } catch (InterruptedException never) {
            Thread.currentThread().interrupt();
        }
    }

    private Set<Long> members() throws IOException {
        Map<Long, Stat> all = all();
        Set<Long> found = new HashSet<>();
        List<String> run = lines("run");
        if (run.size() >= 3
                && run.get(0)
                        .equals(read(PROC.resolve("sys/kernel/random/boot_id")).strip())) {
            Stat shim = Stat.parse(run.get(1));
            for (Stat root : List.of(shim, Stat.parse(run.get(2)))) {
                if (isThere(all, root)) {
                    found.add(root.pid());
                }
            }
            // The number of a session is nobody else's while anybody is in the session.
            if (!all.containsKey(shim.pid()) || isThere(all, shim)) {
                all.values().stream()
                        .filter(stat -> stat.session() == shim.pid())
                        .forEach(stat -> found.add(stat.pid()));
            }
        }
        for (String relay : lines("relay/processes")) {
            String[] key = relay.strip().split(" ", 2);
            Stat stat = all.get(Long.parseLong(key[0]));
            if (stat != null && stat.start().equals(key[1])) {
                found.add(stat.pid());
            }
        }
        for (long pid : all.keySet()) {
            if (has(pid, "environ", "COFFERDAM_ID=" + id) || has(pid, "cmdline", unit.toString())) {
                found.add(pid);
            }
        }
        boolean more = true;
        while (more) {
            more = false;
            for (Stat stat : all.values()) {
                more |= found.contains(stat.parent()) && found.add(stat.pid());
            }
        }
        return found;
    }

    private static boolean isThere(Map<Long, Stat> all, Stat key) {
        Stat stat = all.get(key.pid());
        return stat != null && stat.start().equals(key.start());
    }

    private static Map<Long, Stat> all() throws IOException {
        Map<Long, Stat> all = new HashMap<>();
        for (Path entry : Deletion.entries(PROC)) {
            if (Deletion.name(entry).matches("\\d+")) {
                String line = read(entry.resolve("stat"));
                if (line.indexOf(')') > 0) {
                    Stat stat = Stat.parse(line);
                    if (stat.isAlive()) {
                        all.put(stat.pid(), stat);
                    }
                }
            }
        }
        return all;
    }

    /** Whether one of the texts in a file of a process, which end with NUL, is the given one. */
    private static boolean has(long pid, String file, String text) {
        String content = read(PROC.resolve(Long.toString(pid)).resolve(file));
        return content.equals(text) || content.startsWith(text + "\0") || content.contains("\0" + text + "\0");
    }

    /** Where there is no /proc: the shim and the main process, if they began when the file was written. */
    private Set<Long> handles() throws IOException {
        Set<Long> found = new HashSet<>();
        Path run = unit.resolve("run");
        List<String> lines = lines("run");
        if (lines.size() < 3) {
            return found;
        }
        Instant written = Files.getLastModifiedTime(run).toInstant();
        for (String line : lines.subList(1, 3)) {
            Optional<ProcessHandle> handle = ProcessHandle.of(Long.parseLong(line.strip()))
                    .filter(ProcessHandle::isAlive)
                    .filter(process -> process.info()
                            .startInstant()
                            .filter(start ->
                                    start.isAfter(written.minus(EARLIEST)) && start.isBefore(written.plus(LATEST)))
                            .isPresent());
            handle.ifPresent(process -> Stream.concat(Stream.of(process), process.descendants())
                    .forEach(member -> found.add(member.pid())));
        }
        return found;
    }

    private List<String> lines(String file) {
        return read(unit.resolve(file)).lines().toList();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        } catch (IOException goneOrNotOurs) {
            return "";
        }
    }
}
