package io.cofferdam.process;

import io.cofferdam.concurrent.Threads;
import io.cofferdam.driver.Watch;
import io.cofferdam.environment.LogLine;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the logs of running environments: notes when they grow, and cuts them at the beginning when they grow beyond
 * their bound. Where the file system can, the old part is given back to it as a hole, so that no byte is lost between two
 * looks and places in the file stay what they are; elsewhere the file begins anew.
 */
final class LogKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LogKeeper.class);
    private static final int BLOCK = 4096;
    private static final int MOST_NOTES = 16 * 1024;

    /** Growth within this time is noted once: a busy process would else keep a processor busy with its notes. */
    private static final long PAUSE_MILLIS = 5;

    private final DirectoryWatch directories;
    private final Threads threads;
    private final long limit;
    private final Optional<Path> fallocate = Executables.onHost("fallocate");
    private final Map<String, Watch> kept = new HashMap<>();
    private final Map<Path, Long> noted = new ConcurrentHashMap<>();
    private final LinkedBlockingQueue<UnitDirectory> grown = new LinkedBlockingQueue<>();
    private boolean started;

    /**
     * Makes a keeper that keeps nothing yet.
     *
     * @param limit how many bytes of each stream are kept; after a cut at least half of them
     */
    LogKeeper(DirectoryWatch directories, Threads threads, long limit) {
        this.directories = directories;
        this.threads = threads;
        this.limit = limit;
    }

    /** Begins to look after an environment's logs. */
    synchronized void keep(UnitDirectory unit) throws IOException {
        if (kept.containsKey(unit.id())) {
            return;
        }
        if (!started) {
            started = true;
            threads.start("log-keeper", this::work);
        }
        kept.put(unit.id(), directories.on(unit.logs(), name -> {
            if (name.isEmpty() || name.equals("stdout") || name.equals("stderr")) {
                grown.add(unit);
            }
        }));
        grown.add(unit);
    }

    /** Lets go of an environment's logs. */
    synchronized void leave(UnitDirectory unit) {
        Watch watch = kept.remove(unit.id());
        if (watch != null) {
            watch.close();
            for (LogLine.Stream stream : LogLine.Stream.values()) {
                noted.remove(unit.log(stream));
            }
        }
    }

    private void work() {
        try {
            while (true) {
                Set<UnitDirectory> units = new LinkedHashSet<>();
                units.add(grown.take());
                grown.drainTo(units);
                units.forEach(this::look);
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException end) {
            LOG.trace("log keeper ended", end);
        }
    }

    private void look(UnitDirectory unit) {
        for (LogLine.Stream stream : LogLine.Stream.values()) {
            try {
                LogTimes.Extent extent = note(unit, stream);
                Path log = unit.log(stream);
                if (extent.size() - beginning(log) > limit) {
                    cut(log, extent.size());
                }
            } catch (IOException | RuntimeException e) {
                if (Files.isDirectory(unit.logs())) {
                    LOG.warn("could not look after the logs in {}", unit.logs(), e);
                }
            }
        }
    }

    /** Notes how large a log is now, if that is not noted yet. */
    LogTimes.Extent note(UnitDirectory unit, LogLine.Stream stream) throws IOException {
        Path log = unit.log(stream);
        LogTimes.Extent extent = LogTimes.extent(log);
        @Nullable Long before = noted.put(log, extent.size());
        if (extent.size() > 0 && (before == null || before != extent.size())) {
            LogTimes.note(log, extent);
        }
        return extent;
    }

    private static Path beginningFile(Path log) {
        return log.resolveSibling(log.getFileName() + ".begin");
    }

    /** Where the part of a log begins that is still there: after a cut, at the beginning of a line if there is one. */
    static long beginning(Path log) {
        return AtomicFile.read(beginningFile(log))
                .filter(text -> text.endsWith("\n"))
                .map(text -> Long.parseLong(text.strip()))
                .orElse(0L);
    }

    private synchronized void cut(Path log, long size) throws IOException {
        long hole = (size - limit / 2) / BLOCK * BLOCK;
        long begin = lineAfter(log, hole, size);
        // Readers must know before the bytes go.
        try (FileOutputStream out = new FileOutputStream(beginningFile(log).toFile())) {
            out.write((begin + "\n").getBytes(StandardCharsets.US_ASCII));
        }
        if (!punch(log, hole)) {
            try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "rw")) {
                file.setLength(0);
            }
            Files.deleteIfExists(beginningFile(log));
            Files.deleteIfExists(LogTimes.file(log));
        }
        LogTimes.thinOut(log, MOST_NOTES);
    }

    private static long lineAfter(Path log, long from, long size) throws IOException {
        byte[] bytes = new byte[LogLine.MAX_LENGTH];
        try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
            file.seek(from);
            int length = file.read(bytes, 0, (int) Math.min(bytes.length, size - from));
            for (int i = 0; i < length; i++) {
                if (bytes[i] == '\n') {
                    return from + i + 1;
                }
            }
        }
        return from;
    }

    private boolean punch(Path log, long length) throws IOException {
        if (fallocate.isEmpty()) {
            return false;
        }
        Process process = new ProcessBuilder(
                        fallocate.get().toString(),
                        "--punch-hole",
                        "--offset",
                        "0",
                        "--length",
                        Long.toString(length),
                        log.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        } finally {
            process.destroyForcibly();
        }
    }

    @Override
    public synchronized void close() {
        kept.values().forEach(Watch::close);
        kept.clear();
    }
}
