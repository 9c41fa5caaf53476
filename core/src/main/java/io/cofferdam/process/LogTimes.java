package io.cofferdam.process;

import io.cofferdam.environment.LogLine;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/**
 * When what was written to a log. A process writes its output straight to a file, which knows only when it was last
 * written to. So whoever sees the file grow notes its size and that time: what lies between two notes was written at the
 * time of the later one, or before it. Notes are appended by any number of JVMs at once.
 */
final class LogTimes {

    private static final int RECORD = 16;

    private LogTimes() {}

    /**
     * A part of a log.
     *
     * @param from where it begins
     * @param to where it ends
     * @param at when it was written at the latest
     */
    record Part(LogLine.Stream stream, long from, long to, Instant at) {}

    /**
     * How large a log is, and when it was last written to.
     *
     * @param size bytes; 0 if there is none
     * @param at when
     */
    record Extent(long size, Instant at) {}

    static Path file(Path log) {
        return log.resolveSibling(log.getFileName() + ".times");
    }

    static Extent extent(Path log) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(log, BasicFileAttributes.class);
            return new Extent(attributes.size(), attributes.lastModifiedTime().toInstant());
        } catch (NoSuchFileException none) {
            return new Extent(0, Instant.EPOCH);
        }
    }

    /** Notes how large a log is now. */
    static void note(Path log, Extent extent) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(RECORD);
        bytes.putLong(extent.size()).putLong(ChronoUnit.MICROS.between(Instant.EPOCH, extent.at()));
        // One write of an appending stream, so that notes of others are never torn apart.
        try (OutputStream out = new FileOutputStream(file(log).toFile(), true)) {
            out.write(bytes.array());
        }
    }

    /** The parts of a log between two places, oldest first. */
    static List<Part> parts(LogLine.Stream stream, Path log, long from, Extent end) {
        List<Part> parts = new ArrayList<>();
        ByteBuffer notes = ByteBuffer.wrap(ProcessTable.read(file(log)).orElse(new byte[0]));
        long reached = from;
        while (notes.remaining() >= RECORD && reached < end.size()) {
            long size = notes.getLong();
            long micros = notes.getLong();
            // Notes of two JVMs may come out of order; a later one then says nothing new.
            if (size > reached && size <= end.size()) {
                parts.add(new Part(stream, reached, size, Instant.EPOCH.plus(micros, ChronoUnit.MICROS)));
                reached = size;
            }
        }
        if (reached < end.size()) {
            parts.add(new Part(stream, reached, end.size(), end.at()));
        }
        return parts;
    }

    /** Leaves every second note out, when there are too many. */
    static void thinOut(Path log, int most) throws IOException {
        Path file = file(log);
        byte[] notes = ProcessTable.read(file).orElse(new byte[0]);
        if (notes.length <= most * RECORD) {
            return;
        }
        Path next = file.resolveSibling(file.getFileName() + ".next");
        try (OutputStream out = new FileOutputStream(next.toFile())) {
            for (int at = RECORD; at + RECORD <= notes.length; at += 2 * RECORD) {
                out.write(notes, at, RECORD);
            }
        }
        Files.move(next, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
}
