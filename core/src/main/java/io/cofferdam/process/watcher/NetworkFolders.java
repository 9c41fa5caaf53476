package io.cofferdam.process.watcher;

import io.cofferdam.watcher.Liveness;
import io.cofferdam.watcher.Sweeper;
import java.io.IOException;
import java.io.Reader;
import java.net.URLDecoder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Removes networks that nobody is in any more. The files are described where they are written, in {@code NetworkFolder} and
 * {@code MemberTable}; the lock is that of {@code StateLock}.
 */
final class NetworkFolders {

    private static final String LABEL = "label.io.cofferdam.";
    private static final int ATTEMPTS = 2000;

    private static final Path PROC = Path.of("/proc");

    private final Path folder;
    private final String owner;

    NetworkFolders(Path folder, String owner) {
        this.folder = folder;
        this.owner = owner;
    }

    /** Whose networks there are. */
    static Set<String> owners(Path folder) throws IOException {
        Set<String> owners = new TreeSet<>();
        for (Path path : Deletion.entries(folder)) {
            String owner = facts(path).getProperty(LABEL + "owner", "");
            if (!owner.isEmpty()) {
                owners.add(owner);
            }
        }
        return owners;
    }

    /** Finds what is to go, and removes it. */
    List<Sweeper.Found> sweep(boolean remove, Set<String> stacks) throws IOException {
        List<Sweeper.Found> found = new ArrayList<>(holders(remove));
        List<Path> going = going(stacks);
        for (Path path : going) {
            String name = Deletion.name(path);
            found.add(
                    name.startsWith(".")
                            ? new Sweeper.Found("files", path.toString(), name, "the JVM that used them has ended")
                            : new Sweeper.Found("network", name, name, "its last member has gone"));
        }
        if (remove && (!going.isEmpty() || isSomebodyGone())) {
            // A JVM that also works with the networks would lose its lock if this one closed the file, so the file is
            // opened
            // only when nobody else in this JVM has it; see the lock of the process back end.
            try (FileChannel inJvm = open(".lock-jvm");
                    FileLock guard = lock(inJvm, ProcessHandle.current().pid());
                    FileChannel channel = open(".lock");
                    FileLock lock = lock(channel, 0)) {
                assert guard.isValid() && lock.isValid();
                forgetTheGone();
                // Again, for somebody may have joined before the lock was had.
                for (Path path : going(stacks)) {
                    if (Deletion.name(path).startsWith(".")) {
                        Deletion.of(path);
                    } else {
                        remove(path);
                    }
                }
            }
            found.addAll(holders(true));
        }
        return found;
    }

    private List<Path> going(Set<String> stacks) throws IOException {
        List<Path> going = new ArrayList<>();
        for (Path path : Deletion.entries(folder)) {
            String name = Deletion.name(path);
            // What is being made or removed is so by who holds the lock: when we hold it, by nobody.
            if (name.startsWith(".making-") || name.startsWith(".going-") || isToGo(path, stacks)) {
                going.add(path);
            }
        }
        return going;
    }

    private boolean isSomebodyGone() throws IOException {
        return members().stream().anyMatch(line -> !Files.isDirectory(directory(line)));
    }

    /** Processes that keep namespaces of networks that are not there: begun, or not ended yet, when the JVM was killed. */
    private List<Sweeper.Found> holders(boolean end) throws IOException {
        List<Sweeper.Found> found = new ArrayList<>();
        for (Path process : Deletion.entries(PROC)) {
            String pid = Deletion.name(process);
            if (!pid.matches("\\d+")) {
                continue;
            }
            String directory;
            try {
                directory = Files.readSymbolicLink(process.resolve("cwd")).toString();
            } catch (IOException goneOrNotOurs) {
                continue;
            }
            if (directory.startsWith(folder + "/")) {
                String network = directory
                        .substring(folder.toString().length() + 1)
                        .replaceFirst(" \\(deleted\\)$", "")
                        .replaceFirst("^\\.going-", "");
                if (!Files.exists(folder.resolve(network))) {
                    found.add(new Sweeper.Found("process", "keeper of " + network, pid, "its network is gone"));
                    if (end) {
                        ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
                    }
                }
            }
        }
        return found;
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private static FileLock lock(FileChannel channel, long position) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            FileLock lock = tryLock(channel, position);
            if (lock != null) {
                return lock;
            }
            try {
                // There is no way to wait for a file lock that would end some time.
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException never) {
                Thread.currentThread().interrupt();
                break;
            }
        }
        throw new IOException("somebody keeps the lock of the networks");
    }

    private static @Nullable FileLock tryLock(FileChannel channel, long position) throws IOException {
        try {
            return channel.tryLock(position, 1, false);
        } catch (OverlappingFileLockException byThisJvm) {
            return null;
        }
    }

    /** Whether it is a stack's whose last member has gone, or one of the session, and nobody is in it. */
    private boolean isToGo(Path path, Set<String> stacks) throws IOException {
        Properties facts = facts(path);
        String stack = facts.getProperty(LABEL + "stack", "");
        boolean ours = owner.equals(facts.getProperty(LABEL + "owner")) || stacks.contains(stack);
        boolean ends = !stack.isEmpty() || "session".equals(facts.getProperty(LABEL + "lifetime"));
        String name = Deletion.name(path);
        return ours
                && ends
                && members().stream()
                        .noneMatch(line -> field(line, 1).equals(name) && Files.isDirectory(directory(line)));
    }

    private static Properties facts(Path path) {
        Properties facts = new Properties();
        try (Reader in = Files.newBufferedReader(path.resolve("network.properties"), StandardCharsets.UTF_8)) {
            facts.load(in);
        } catch (IOException | IllegalArgumentException noNetwork) {
            facts.clear();
        }
        return facts;
    }

    private void remove(Path path) throws IOException {
        Optional<String> holder = Optional.empty();
        try {
            holder = Optional.of(Files.readString(path.resolve("holder")).trim());
        } catch (NoSuchFileException notIsolated) {
            // Nothing runs for it.
        }
        if (holder.isPresent()) {
            String[] key = holder.get().split(" ", -1);
            long pid = Long.parseLong(key[0]);
            if (Liveness.isAlive(pid, key[1])) {
                ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        Path going = path.resolveSibling(".going-" + Deletion.name(path));
        Deletion.of(going);
        Files.move(path, going, StandardCopyOption.ATOMIC_MOVE);
        Deletion.of(going);
    }

    private void forgetTheGone() throws IOException {
        List<String> before = members();
        List<String> after = new ArrayList<>(before);
        after.removeIf(line -> !Files.isDirectory(directory(line)));
        if (after.size() < before.size()) {
            Path next = folder.resolve(".members.next");
            Files.write(next, after, StandardCharsets.UTF_8);
            Files.move(
                    next,
                    folder.resolve(".members"),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private List<String> members() throws IOException {
        try {
            return Files.readAllLines(folder.resolve(".members"), StandardCharsets.UTF_8);
        } catch (NoSuchFileException nobodyYet) {
            return List.of();
        }
    }

    private static Path directory(String line) {
        return Path.of(field(line, 3));
    }

    private static String field(String line, int number) {
        String[] fields = line.split(" ", -1);
        return number < fields.length ? URLDecoder.decode(fields[number], StandardCharsets.UTF_8) : "";
    }
}
